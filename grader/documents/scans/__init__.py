"""What is only a picture: OCR of scans, photographs and screenshots."""
