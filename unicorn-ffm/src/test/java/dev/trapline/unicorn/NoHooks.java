package dev.trapline.unicorn;

import dev.trapline.unicorn.ffi.Hooks;

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
}
