package dev.trapline.unicorn.ffi;

import java.util.ArrayList;
import java.util.List;

/// All hooks of an instance on translation, in the order in which they were added. One call from native code serves all
/// of them: it takes longer than what they do.
final class TranslationHooks implements TranslationHook {

    private final List<TranslationHook> hooks = new ArrayList<>();

    /// Adds a hook.
    ///
    /// @return whether it is the first
    boolean add(TranslationHook hook) {
        hooks.add(hook);
        return hooks.size() == 1;
    }

    @Override
    public void blockTranslated(long address, int size) {
        for (TranslationHook hook : hooks) {
            hook.blockTranslated(address, size);
        }
    }
}
