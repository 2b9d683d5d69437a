"""What two tasks collide over that no merge of lines shows: resources and definitions."""
