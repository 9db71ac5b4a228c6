package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.trapline.unicorn.ffi.Unicorn;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The translation flags of one CPU ([TranslationFlags]), which are needed for each block of code that is translated.
public sealed interface CpuFlags {

    /// The current flags.
    int get();

    /// Sets the flags, and nothing else.
    void set(int flags);

    /// Those of an AArch64 instance.
    ///
    /// @param layout null if it is not known: then each access copies the CPU's whole state
    static CpuFlags of(Unicorn engine, SwitchLayout switches, @Nullable CpuLayout layout) {
        return layout == null ? new InImage(engine, switches) : new InPlace(layout.inState(engine, switches.flags()));
    }

    /// In the CPU itself.
    record InPlace(long address) implements CpuFlags {

        // SAFETY: used only for a CPU of the library, at an offset that was found by calibration.
        @SuppressWarnings("restricted")
        private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        @Override
        public int get() {
            return MEMORY.get(JAVA_INT_UNALIGNED, address);
        }

        @Override
        public void set(int flags) {
            MEMORY.set(JAVA_INT_UNALIGNED, address, flags);
        }
    }

    /// In a context image.
    record InImage(Unicorn engine, SwitchLayout switches) implements CpuFlags {

        @Override
        public int get() {
            return switches.flags(engine.saveContext());
        }

        @Override
        public void set(int flags) {
            switches.setFlags(engine.saveContext(), flags);
            engine.restoreContext();
        }
    }
}
