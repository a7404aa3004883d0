"""How Ferrule's built-in model is made: worlds to examples, examples to weights, weights to one GGUF file."""
