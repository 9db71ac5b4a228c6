package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.translation.AddressTranslation;

/// Reads instructions of an AArch32 guest, by virtual address.
public final class Aarch32Memory implements AddressTranslation {

    static final long PAGE = 4096;

    private static final long MMU = 1;
    private static final long PAR_FAULT = 1;
    /// The address of a supersection, in PAR's short format: only bits 31 to 24 are an address (DDI0406 B4.1.112).
    private static final long PAR_SUPERSECTION = 1 << 1;

    private static final long PAR_LARGE = 1 << 11;
    private static final long SUPERSECTION = 1 << 24;
    private static final long ADDRESS = 0xffff_ffffL;

    private final Unicorn engine;
    private final Instructions instructions;
    private final RegisterBatch control;
    private final RegisterBatch translate;
    private final RegisterBatch result;

    public Aarch32Memory(Unicorn engine, Instructions instructions) {
        this.engine = engine;
        this.instructions = instructions;
        this.control = engine.coprocessor(1, 0, 0, 0);
        // ATS12NSOPR and PAR. ATS1CPR would end the process if the CPU is at PL0.
        this.translate = engine.coprocessor(7, 0, 8, 4);
        this.result = engine.coprocessor(7, 0, 4, 0);
    }

    /// Whether there is memory at an address.
    boolean isCode(long address) {
        long physical = physical(address);
        return physical >= 0 && instructions.isMemory(physical);
    }

    /// The word at an address; 0, which is none of the instructions searched for, if there is no memory.
    int word(long address) {
        long physical = physical(address & ADDRESS);
        return physical < 0 ? 0 : instructions.at(physical);
    }

    int halfword(long address) {
        long physical = physical(address & ADDRESS);
        return physical < 0 ? 0 : instructions.halfword(physical);
    }

    /// A 32-bit T32 instruction: its first halfword in the high half, its second, which may be on another page, in
    /// the low half.
    int wideThumb(long address) {
        return halfword(address) << 16 | halfword(address + 2);
    }

    /// A T32 instruction of either size.
    int thumb(long address) {
        int first = halfword(address);
        return Aarch32Code.isWideThumb(first) ? wideThumb(address) : first;
    }

    /// Whether the instruction before an address is a WFE or a YIELD.
    boolean isBehindHint(long address, boolean thumb) {
        if (!thumb) {
            return Aarch32Code.isStoppingHint(word(address - Integer.BYTES));
        }
        return Aarch32Code.isStoppingNarrowHint(halfword(address - Short.BYTES))
                || Aarch32Code.isStoppingWideHint(wideThumb(address - Integer.BYTES));
    }

    /// Runs an action with the MMU off, so that addresses are physical. Not for hooks.
    void untranslated(Runnable action) {
        control.read();
        long kept = Unicorn.coprocessorValue(control);
        if ((kept & MMU) == 0) {
            action.run();
            return;
        }
        Unicorn.setCoprocessorValue(control, kept & ~MMU);
        control.write(1);
        action.run();
        Unicorn.setCoprocessorValue(control, kept);
        control.write(1);
    }

    @Override
    public long physical(long address) {
        control.read();
        if ((Unicorn.coprocessorValue(control) & MMU) == 0) {
            return address;
        }
        // PAR belongs to the guest: the translation must not change it.
        result.read();
        long kept = Unicorn.coprocessorValue(result);
        Unicorn.setCoprocessorValue(translate, address & -PAGE);
        engine.translate(translate);
        result.read();
        long par = Unicorn.coprocessorValue(result);
        Unicorn.setCoprocessorValue(result, kept);
        result.write(1);
        if ((par & PAR_FAULT) != 0) {
            return NONE;
        }
        long page = (par & (PAR_LARGE | PAR_SUPERSECTION)) == PAR_SUPERSECTION ? SUPERSECTION : PAGE;
        return (par & ADDRESS & -page) | (address & (page - 1));
    }
}
