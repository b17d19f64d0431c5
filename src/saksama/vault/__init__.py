"""Keep secret: personal data rests sealed under the office's key and is opened only by those who hold it."""
