"""What happens: the engines, the rules they follow, and the journals they write."""
