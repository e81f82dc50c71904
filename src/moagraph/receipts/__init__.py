"""Receipts of answers: what was asked, of what, the rows that came and the evidence under each; and their replay."""
