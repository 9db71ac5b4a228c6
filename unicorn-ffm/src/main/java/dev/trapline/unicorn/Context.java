package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one image that an instance of the library has of its CPU's state. It is allocated when it is first needed.
final class Context {

    /// A hundred times what any build needs.
    private static final int LARGEST = 1 << 20;

    private final NativeCalls calls;
    private final long handle;
    private final MemorySegment out;
    private @Nullable MemorySegment image;

    /// @param handle of the instance, which is open as long as this is used
    /// @param out room for a pointer
    Context(NativeCalls calls, long handle, MemorySegment out) {
        this.calls = calls;
        this.handle = handle;
        this.out = out;
    }

    /// Saves the state as it is.
    ///
    /// @return the image, which the next call overwrites
    MemorySegment save() {
        MemorySegment known = image;
        if (known == null) {
            known = allocate();
            image = known;
        }
        // SAFETY: the image was allocated by this instance and is freed only by free.
        UnicornError.check(calls.contextSave(handle, known.address()), "saving a context");
        return known;
    }

    @SuppressWarnings("restricted")
    private MemorySegment allocate() {
        // SAFETY: out has room for the pointer.
        UnicornError.check(calls.contextAlloc(handle, out.address()), "allocating a context");
        int size = calls.contextSize(handle);
        long address = out.get(JAVA_LONG, 0);
        if (address == 0 || size < Long.BYTES || size > LARGEST) {
            throw new EngineException(
                    "allocating a context: the library gave " + size + " bytes at 0x" + Long.toHexString(address));
        }
        // SAFETY: uc_context_size is the length of what uc_context_alloc returned.
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    /// Makes the image, as it is now, the state. Nothing may have happened to the instance since it was saved.
    void restore() {
        MemorySegment saved = Objects.requireNonNull(image, "saved before");
        // SAFETY: the image was filled by this instance: the pointers in it are its own.
        UnicornError.check(calls.contextRestore(handle, saved.address()), "restoring a context");
    }

    /// Makes an image of another instance this one's state.
    ///
    /// @param saved all of its bytes
    /// @throws EngineException if it is not an image of this library and architecture
    void load(byte[] saved) {
        MemorySegment into = save();
        if (saved.length != into.byteSize()
                || MemorySegment.ofArray(saved).get(JAVA_LONG_UNALIGNED, 0) != into.get(JAVA_LONG_UNALIGNED, 0)) {
            throw new EngineException("a CPU state of " + saved.length + " bytes is of another build of the library:"
                    + " this one's has " + into.byteSize());
        }
        int header = ImageLayout.header(into);
        MemorySegment.copy(saved, header, into, JAVA_BYTE, header, saved.length - header);
        // SAFETY: the image was allocated by this instance, and the pointers that later versions keep before the CPU
        // state are its own. The CPU state holds none.
        UnicornError.check(calls.contextRestore(handle, into.address()), "restoring a context");
    }

    /// Frees the image.
    void free() {
        MemorySegment saved = image;
        if (saved != null) {
            calls.contextFree(saved.address());
        }
    }
}
