"""What would this term do? What is made, adopted, left out, retired, and what that costs; nothing is written."""
