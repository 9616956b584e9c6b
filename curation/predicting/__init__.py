"""Any pictures as the stacks that one network learnt from, and its answers about them."""
