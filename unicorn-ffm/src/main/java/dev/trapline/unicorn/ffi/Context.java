package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The image of its CPU's state that an instance of the library has. It is allocated when it is first needed.
public final class Context {

    /// A hundred times the size that any build needs.
    private static final int LARGEST = 1 << 20;

    private final NativeCalls calls;
    private final long handle;
    private final MemorySegment out;
    private @Nullable MemorySegment image;

    /// @param handle the handle of the instance, which must be open while this object is used
    /// @param out room for a pointer
    Context(NativeCalls calls, long handle, MemorySegment out) {
        this.calls = calls;
        this.handle = handle;
        this.out = out;
    }

    /// Saves the current state.
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
                    "allocating a context: the library returned " + size + " bytes at 0x" + Long.toHexString(address));
        }
        // SAFETY: uc_context_size is the length of the memory that uc_context_alloc returned.
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    /// Restores the state from the image. The instance must not have changed since the image was saved.
    void restore() {
        MemorySegment saved = Objects.requireNonNull(image, "saved before");
        // SAFETY: the image was filled by this instance: the pointers in it are its own.
        UnicornError.check(calls.contextRestore(handle, saved.address()), "restoring a context");
    }

    /// Loads the current state of another instance of the same library and architecture.
    public void loadFrom(Context other) {
        MemorySegment from = other.save();
        MemorySegment into = image == null ? save() : image;
        int header = header(into);
        MemorySegment.copy(from, header, into, header, into.byteSize() - header);
        // SAFETY: as in load.
        UnicornError.check(calls.contextRestore(handle, into.address()), "restoring a context");
    }

    /// Loads an image of another instance as this instance's state.
    ///
    /// @param saved all of its bytes
    /// @throws EngineException if it is not an image of this library and architecture
    void load(byte[] saved) {
        MemorySegment into = save();
        if (saved.length != into.byteSize()
                || MemorySegment.ofArray(saved).get(JAVA_LONG_UNALIGNED, 0) != into.get(JAVA_LONG_UNALIGNED, 0)) {
            throw new EngineException("a CPU state of " + saved.length + " bytes is from another build of the library:"
                    + " this build needs " + into.byteSize());
        }
        int header = header(into);
        MemorySegment.copy(saved, header, into, JAVA_BYTE, header, saved.length - header);
        // SAFETY: the image was allocated by this instance, and the pointers that later versions have before the CPU
        // state are its own. The CPU state contains none.
        UnicornError.check(calls.contextRestore(handle, into.address()), "restoring a context");
    }

    /// The offset of the CPU state in an image: its length is the first word, and it comes last.
    public static int header(MemorySegment image) {
        return Math.toIntExact(image.byteSize() - image.get(JAVA_LONG_UNALIGNED, 0));
    }

    /// Frees the image.
    void free() {
        MemorySegment saved = image;
        if (saved != null) {
            calls.contextFree(saved.address());
        }
    }
}
