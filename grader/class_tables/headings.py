"""What the heading of a column means: English, Swedish, German, French, Dutch, Norwegian, as the systems write it.

Moodle's words are of its language packs (mod_assign, core); the others of exports, or what people call such columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from grader.class_tables.names import matching_key

_WORDS: Final[Mapping[str, str]] = {
    "id": (
        "LiU-ID, SIS Login ID, Login ID, Login, User name, Username, Användarnamn, Användar-ID, Anv namn, Anmeldename, Nutzername,"
        "Benutzername, Kennung, Benutzerkennung, Nom d'utilisateur, Identifiant utilisateur, Gebruikersnaam, Brukernavn, Konto,"
        "Account, Student ID, SID, Studentnummer, Student number, Matrikelnummer, Matriculation number, Numéro d'étudiant,"
        "Studentnr, Leerlingnummer, OrgDefinedId, Org Defined ID, ID number, ID-nummer, IDnummer, ID-Nummer, Numéro d'identification,"
        "ID-nummer, roster_identifier, SIS User ID, Display ID, Personnummer, Personal number, ID"
    ),
    "name": (
        "Full name, Fullständigt namn, Fullt namn, Student name, Student, Name, Namn, Vollständiger Name, Nom complet, Nom et prénom,"
        "Volledige naam, Naam, Fullt navn, Navn, Nombre completo, Nom/Prénom"
    ),
    "first": "First name, Förnamn, Given name, Vorname, Prénom, Voornaam, Fornavn, FirstName",
    "last": "Last name, Efternamn, Surname, Family name, Nachname, Familienname, Nom de famille, Nom, Achternaam, Etternavn, LastName",
    "email": (
        "Email address, E-mail address, Email, E-mail, E-post, E-postadress, Mail, Mejl, SIS email, E-Mail-Adresse, E-Mail, Mailadresse,"
        "Adresse de courriel, Courriel, Adresse e-mail, Adresse électronique, E-mailadres, E-postadresse, Epost, Dirección de correo"
    ),
    "group": "Group, Grupp, Group name, Gruppnamn, Team, Gruppe, Groupe, Groep, Lag, Gruppenname, Nom du groupe, Groepsnaam, Gruppenavn",
    "identifier": (
        "Identifier, Identifierare, Identifikator, Identifikation, Identifiant, Identificator, Identificatie, Identificador, Tunniste, ID"
    ),
    "grade": "Grade, Betyg, Bewertung, Note, Cijfer, Karakter, Calificación, Arvosana, Beoordeling",
    "comments": (
        "Feedback comments, Återkopplingskommentarer, Återkoppling som kommentarer, Feedback som kommentarer, Kommentarer,"
        "Feedback als Kommentar, Feedback als Kommentare, Feedback par commentaires, Commentaires de feedback, Feedback commentaar,"
        "Feedback-opmerkingen, Feedback als commentaar, Feedback opmerkingen, Tilbakemeldingskommentarer, Tilbakemelding som kommentarer,"
        "Comentarios de retroalimentación, Palautekommentit"
    ),
    "maximum": (
        "Maximum Grade, Högsta betyg, Maxbetyg, Maximalt betyg, Bestwertung, Höchstwertung, Note maximale, Maximumcijfer, Maximum cijfer,"
        "Maximale cijfer, Maksimal karakter, Maks karakter, Høyeste karakter, Calificación máxima"
    ),
    "changeable": (
        "Grade can be changed, Betyget kan ändras, Betyg kan ändras, Bewertung kann geändert werden, La note peut être modifiée,"
        "La note peut être changée, Cijfer kan gewijzigd worden, Cijfer kan veranderd worden, Karakteren kan endres, Karakter kan endres"
    ),
    "ladok": (
        "Ladok-id, Ladok id, Ladok-uid, Ladok uid, Student-uid, Studentuid, Ladok student-uid, Ladok, Personnummer, Personal identity number,"
        "Personal number, Swedish personal number, Person number, Personnr, Samordningsnummer, Interimspersonnummer"
    ),
    "lti_user": "lti_user, LTI user, LTI user ID, lti_user_id, LTI-ID, LTI id, LTI User UUID",
    "canvas": "Canvas user ID, Canvas ID, canvas_user_id, User ID",
    "github": "github_username, GitHub username, GitHub",
    "ilias": "usr_id, ILIAS user ID, ILIAS-ID",
    "org": "OrgDefinedId, Org Defined ID",
}  # fmt: skip

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(dict.fromkeys(matching_key(word) for word in words.split(",")))
    for field, words in _WORDS.items()
}
# Moodle's words for a participant whose name is hidden, and for the group of those who are in none.
HIDDEN: Final = frozenset(
    ("participant", "deltagare", "teilnehmerin", "teilnehmer", "teilnehmende", "deelnemer", "deltaker", "deltager", "participante",
     "participante", "osallistuja")
)  # fmt: skip
DEFAULT_GROUP: Final = frozenset(
    ("defaultgroup", "standardgrupp", "standardgruppe", "groupepardéfaut", "standaardgroep", "grupopredeterminado", "oletusryhmä",
     "förvaldgrupp", "defaultteam")
)  # fmt: skip
NO: Final = frozenset(("no", "nej", "nein", "non", "nee", "nei", "ei"))


def heading_key(text: str) -> str:
    """A heading as headings are compared: its letters and digits, in lower case."""
    return matching_key(text)


def column_of(headings: Sequence[str], field: str) -> int | None:
    """The column of what `field` names, the most telling heading first; None if there is none."""
    keys = [heading_key(heading) for heading in headings]
    return next((keys.index(wanted) for wanted in _KEYS[field] if wanted and wanted in keys), None)
