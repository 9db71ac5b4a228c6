package dev.trapline.unicorn;

/// Hooks that change nothing. A test replaces those that it needs.
class NoHooks implements Hooks {

    @Override
    public void interrupt(int number) {}

    @Override
    public boolean invalidAccess(int access, long address) {
        return false;
    }

    @Override
    public void nobodyAnswers(long address, boolean write) {}

    @Override
    public boolean readSystem(int register, int target) {
        return false;
    }

    @Override
    public boolean writeSystem(int register, long value) {
        return false;
    }

    @Override
    public void systemInstruction(int operation, long argument) {}
}
