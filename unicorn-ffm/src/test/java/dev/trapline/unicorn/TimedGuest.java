package dev.trapline.unicorn;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.unicorn.a32.Aarch32Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A guest that reads the time and folds it into its registers, and the machine around it. The guest continues after
/// every end of a slice, until it calls SVC. An access to a gap is repeated at an address with memory.
final class TimedGuest implements AutoCloseable {

    static final long START = 5_000_000_000L;

    private static final int THUMB = 1 << 5;
    private static final int IT_OPCODE = 0xbf;

    private final Snippet snippet;
    private final int addressRegister;
    private final List<String> exits = new ArrayList<>();
    private long done;
    private long shown;
    private boolean over;

    /// @param addressRegister the number of the register with the address of accesses to gaps
    TimedGuest(Snippet snippet, int addressRegister) {
        this.snippet = snippet;
        this.addressRegister = addressRegister;
    }

    /// Everything that could differ if the time differed: how slices ended, after how many instructions, and the
    /// registers then.
    ///
    /// @param length the total number of completed instructions
    /// @param shown the highest time that was read
    record Seen(List<String> exits, long length, long shown, List<Long> registers, long deadline) {}

    /// Runs slices whose lengths are taken from a list, then one to the end.
    Seen run(int... lengths) {
        for (int length : lengths) {
            part(length);
        }
        while (!over) {
            part(1 << 20);
        }
        return seen();
    }

    /// Runs this many instructions, whatever else ends slices.
    private void part(int length) {
        long end = done + length;
        while (!over && done < end) {
            Exit exit = snippet.engine().run(end - done, START + done, shown);
            done += snippet.engine().executed();
            shown = snippet.engine().shown();
            answer(exit);
        }
    }

    /// Runs single steps. This class, not the engine, computes what they complete and the time that is read.
    Seen step() {
        while (!over) {
            long[] before = snippet.registers();
            Exit exit = snippet.engine().run(1, START + done, 0);
            shown = Math.max(shown, snippet.engine().shown());
            done += completed(exit, before, snippet.registers());
            answer(exit);
        }
        return seen();
    }

    private long completed(Exit exit, long[] before, long[] after) {
        if (exit instanceof GuestFault fault && fault.kind() != GuestFault.Kind.SUPERVISOR_CALL) {
            return 0;
        }
        return (before[GeneralRegisters.PSTATE] & THUMB) == 0 ? 1 : thumb(before, after);
    }

    /// A step of T32 code continues to the end of an IT block; instructions that fail their condition are not
    /// counted.
    private long thumb(long[] before, long[] after) {
        long pc = before[GeneralRegisters.PC];
        long pstate = before[GeneralRegisters.PSTATE];
        int state = (int) ((pstate >>> 25 & 3) | (pstate >>> 8 & 0xfc));
        long count = 0;
        while (count == 0 || (pc != after[GeneralRegisters.PC] && (state & 0xf) != 0)) {
            int first = halfword(pc);
            boolean executed = (state & 0xf) == 0 || Aarch32Code.holds(state >>> 4, pstate);
            count += executed ? 1 : 0;
            if (first >>> 8 == IT_OPCODE && (first & 0xf) != 0) {
                state = first & 0xff;
            } else {
                state = (state & 7) == 0 ? 0 : (state & 0xe0) | (state << 1 & 0x1f);
            }
            pc += first >>> 11 >= 0x1d ? 4 : 2;
        }
        return count;
    }

    private int halfword(long address) {
        return (int) (snippet.read64(address & -8) >>> (8 * (address & 7))) & 0xffff;
    }

    private void answer(Exit exit) {
        if (exit instanceof Exit.BudgetUsed) {
            return;
        }
        exits.add(done + ": " + (exit instanceof HypercallExit call ? call.state() + " " + call.immediate() : exit));
        exits.add(Arrays.toString(snippet.registers()));
        Engine engine = snippet.engine();
        if (exit instanceof Exit.Maintenance maintenance) {
            engine.maintain(maintenance);
        } else if (exit instanceof GuestFault fault) {
            if (fault.kind() == GuestFault.Kind.SUPERVISOR_CALL) {
                over = true;
            } else {
                engine.writeRegisters(RegisterWrites.NONE.and(addressRegister, Snippet.BASE + 0x2_0000));
            }
        }
    }

    private Seen seen() {
        List<Long> registers = new ArrayList<>();
        for (long register : snippet.registers()) {
            registers.add(register);
        }
        return new Seen(
                List.copyOf(exits), done, shown, registers, snippet.engine().deadline(CpuTimer.VIRTUAL));
    }

    @Override
    public void close() {
        snippet.close();
    }
}
