"""What the screens are made of. A widget is given plain values and posts messages; it knows no room, model or store."""
