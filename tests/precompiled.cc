// Only for its precompiled header, which the rings use.
int main() {}
