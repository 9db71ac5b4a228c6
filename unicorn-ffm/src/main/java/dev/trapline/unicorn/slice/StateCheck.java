package dev.trapline.unicorn.slice;

import dev.trapline.unicorn.ffi.TranslationHook;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.TranslationFlags;

/// Ends the slice when an AArch64 CPU enters AArch32 state, before its first instruction there.
public record StateCheck(Unicorn engine, CpuFlags flags, BusErrors bus) implements TranslationHook {

    @Override
    public void blockTranslated(long address, int size) {
        if (!TranslationFlags.isAarch64(flags.get())) {
            bus.illegalState(address);
            engine.stop();
        }
    }
}
