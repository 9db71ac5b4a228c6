package dev.trapline.board.memory;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.board.bus.Bus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A machine's RAM and its flash, if it has one: one native block each, shared by all engines.
public final class MachineMemory implements GuestMemory, AutoCloseable {

    /// The value of erased flash.
    private static final byte ERASED = (byte) 0xff;

    /// The digest of a zero page.
    private static final long ZERO_PAGE = Digest64.of(new byte[(int) MemoryMap.PAGE], (int) MemoryMap.PAGE);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ram;
    private final @Nullable MemorySegment flash;
    private final FlashWrites flashWrites = new FlashWrites();

    /// Allocates the memory and fills it as at power-on.
    ///
    /// @param engines allocates memory that its engines can use
    /// @param ramBytes whole pages
    /// @param flashBytes size of the flash at address 0, whole pages; 0 for none
    public MachineMemory(EngineFactory engines, long ramBytes, long flashBytes) {
        ram = engines.allocateMemory(ramBytes, arena);
        flash = flashBytes == 0 ? null : engines.allocateMemory(flashBytes, arena);
        if (flash != null) {
            flash.fill(ERASED);
        }
    }

    /// Adds RAM and flash to a bus.
    ///
    /// @throws IllegalArgumentException if a device overlaps them
    public void mapOn(Bus bus) {
        if (flash != null) {
            bus.memory("flash", new MemoryMap.Memory(BoardSpec.FLASH_BASE, flash, false, flashWrites));
        }
        bus.memory("RAM", new MemoryMap.Memory(BoardSpec.RAM_BASE, ram, true));
    }

    /// The writes that the flash ignored.
    public FlashWrites flashWrites() {
        return flashWrites;
    }

    /// Resets the memory to its content at power-on: RAM zero, flash erased.
    public void clear() {
        ram.fill((byte) 0);
        if (flash != null) {
            flash.fill(ERASED);
        }
    }

    @Override
    public boolean contains(long address, long length) {
        return block(address, length) != null;
    }

    @Override
    public Bytes read(long address, int length) {
        MemorySegment block = block(address, length);
        if (block == null) {
            throw new IllegalArgumentException(describe(address, length) + " is not wholly in memory");
        }
        return Bytes.copyOf(block.toArray(ValueLayout.JAVA_BYTE));
    }

    /// Writes memory, including flash: the machine loads images with it.
    ///
    /// @return false if the range is not entirely in memory; then nothing is written
    public boolean write(long address, Bytes bytes) {
        MemorySegment block = block(address, bytes.size());
        if (block == null) {
            return false;
        }
        MemorySegment.copy(bytes.toArray(), 0, block, ValueLayout.JAVA_BYTE, 0, bytes.size());
        return true;
    }

    /// A digest of all memory: of each page that is not zero, and its offset. Pages that the guest never touched
    /// cost almost nothing; the others cost a second per ten gigabytes.
    public long digest() {
        long digest = digest(ram);
        return flash == null ? digest : Digest64.fold(digest, digest(flash));
    }

    private static long digest(MemorySegment block) {
        TouchedPages touched = TouchedPages.of(block);
        long digest = block.byteSize();
        for (long at = 0; at < block.byteSize(); at += MemoryMap.PAGE) {
            if (touched.anyOf(at, MemoryMap.PAGE)) {
                long page = Digest64.of(block, at, MemoryMap.PAGE);
                if (page != ZERO_PAGE) {
                    digest = Digest64.fold(Digest64.fold(digest, at), page);
                }
            }
        }
        return digest;
    }

    /// Copies all memory. This scans each page that was ever touched, and stores the pages with new content.
    ///
    /// @param store shares equal pages between all copies that are made with it
    public MemoryCopy copy(PageStore store) {
        return new MemoryCopy(
                store.copy(ram, (byte) 0), flash == null ? new MemoryCopy.Block() : store.copy(flash, ERASED));
    }

    /// Restores the content of a copy. Afterwards every engine must drop its translations, or be a new one.
    public void restore(MemoryCopy copy) {
        copy.ram().restore(ram, (byte) 0);
        if (flash != null) {
            copy.flash().restore(flash, ERASED);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    private @Nullable MemorySegment block(long address, long length) {
        MemorySegment inRam = slice(ram, BoardSpec.RAM_BASE, address, length);
        return inRam != null || flash == null ? inRam : slice(flash, BoardSpec.FLASH_BASE, address, length);
    }

    private static @Nullable MemorySegment slice(MemorySegment memory, long base, long address, long length) {
        long offset = address - base;
        boolean inside = length >= 0
                && Long.compareUnsigned(offset, memory.byteSize()) <= 0
                && length <= memory.byteSize() - offset;
        return inside ? memory.asSlice(offset, length) : null;
    }

    private static String describe(long address, long length) {
        return "0x" + Long.toHexString(address) + " + 0x" + Long.toHexString(length);
    }
}
