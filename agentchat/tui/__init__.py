"""The terminal app: screens and the widgets they are made of. The only place that knows Textual."""
