"""A lint of the picture: what a scene shows is looked at after every play and inside it, without drawing."""
