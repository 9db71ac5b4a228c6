package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Straight-line guest code that loads registers with constants and makes calls, and the list of these calls.
final class CallProgram {

    static final long BASE = 0x4008_0000L;

    /// Loads a register with a constant: all 64 bits in A64, 32 in A32 and T32. SP is 31 in A64 and 13 in AArch32;
    /// its constant is loaded into the link register first.
    record Load(int register, long value) {}

    /// One call of the program.
    ///
    /// @param loads the loads before it, in order
    /// @param pc address of the SMC or HVC itself
    record Made(List<Load> loads, Conduit conduit, int immediate, long pc) {}

    /// The calls that one vCPU makes, in order.
    record Routine(long entry, List<Made> calls) {}

    private final ExecutionState state;
    private final ByteArrayOutputStream code = new ByteArrayOutputStream();
    private final SortedMap<Long, Routine> routines = new TreeMap<>();
    private List<Made> open = new ArrayList<>();

    CallProgram(ExecutionState state) {
        this.state = state;
    }

    /// Continues at a higher address.
    void seek(long address) {
        if (address < here()) {
            throw new IllegalArgumentException("there is code already, up to 0x" + Long.toHexString(here()));
        }
        code.writeBytes(new byte[(int) (address - here())]);
    }

    /// Begins a routine.
    ///
    /// @return its entry point for CPU_ON
    long begin() {
        open = new ArrayList<>();
        long entry = here() | (state == ExecutionState.T32 ? 1 : 0);
        routines.put(entry, new Routine(entry, open));
        return entry;
    }

    /// The routine at an entry point.
    Routine routine(long entry) {
        Routine found = routines.get(entry);
        if (found == null) {
            throw new AssertionError("no routine begins at 0x" + Long.toHexString(entry));
        }
        return found;
    }

    /// Appends a call.
    void call(List<Load> loads, Conduit conduit, int immediate) {
        loads.forEach(this::load);
        open.add(new Made(List.copyOf(loads), conduit, immediate, here()));
        boolean hvc = conduit == Conduit.HVC;
        switch (state) {
            case A64 -> word((hvc ? 0xd400_0002 : 0xd400_0003) | (immediate << 5));
            case A32 ->
                word(
                        hvc
                                ? 0xe140_0070 | ((immediate >>> 4) << 8) | (immediate & 0xf)
                                : 0xe160_0070 | (immediate & 0xf));
            case T32 -> {
                half(hvc ? 0xf7e0 | (immediate >>> 12) : 0xf7f0 | (immediate & 0xf));
                half(hvc ? 0x8000 | (immediate & 0xfff) : 0x8000);
            }
        }
    }

    /// Appends a branch to itself, which is never executed.
    void end() {
        switch (state) {
            case A64 -> word(0x1400_0000);
            case A32 -> word(0xeaff_fffe);
            case T32 -> {
                half(0xe7fe);
                half(0xbf00);
            }
        }
    }

    /// The program as an image that starts at its first byte.
    Image image() {
        long address = BASE | (state == ExecutionState.T32 ? 1 : 0);
        return new Image(Image.Kind.RAW, "calls.bin", address, Bytes.copyOf(code.toByteArray()));
    }

    private long here() {
        return BASE + code.size();
    }

    /// The register from which SP gets its constant.
    static int linkRegister(ExecutionState state) {
        return state.isAarch32() ? 14 : 30;
    }

    /// The number of SP.
    static int stackPointer(ExecutionState state) {
        return state.isAarch32() ? 13 : 31;
    }

    private void load(Load load) {
        if (load.register() != stackPointer(state)) {
            constant(load);
            return;
        }
        constant(new Load(linkRegister(state), load.value()));
        switch (state) {
            case A64 -> word(0x9100_03df); // mov sp, x30
            case A32 -> word(0xe1a0_d00e); // mov sp, lr
            case T32 -> {
                half(0x46f5); // mov sp, lr
                half(0xbf00);
            }
        }
    }

    private void constant(Load load) {
        int to = load.register();
        int low = (int) load.value() & 0xffff;
        int high = (int) (load.value() >>> 16) & 0xffff;
        switch (state) {
            case A64 -> {
                word(0xd280_0000 | (low << 5) | to);
                word(0xf2a0_0000 | (high << 5) | to);
                if (load.value() >>> 32 != 0) {
                    word(0xf2c0_0000 | ((int) (load.value() >>> 32 & 0xffff) << 5) | to);
                    word(0xf2e0_0000 | ((int) (load.value() >>> 48) << 5) | to);
                }
            }
            case A32 -> {
                word(0xe300_0000 | ((low >>> 12) << 16) | (to << 12) | (low & 0xfff));
                word(0xe340_0000 | ((high >>> 12) << 16) | (to << 12) | (high & 0xfff));
            }
            case T32 -> {
                thumbMove(0xf240, to, low);
                thumbMove(0xf2c0, to, high);
            }
        }
    }

    private void thumbMove(int opcode, int to, int value) {
        half(opcode | ((value >>> 11 & 1) << 10) | (value >>> 12));
        half(((value >>> 8 & 7) << 12) | (to << 8) | (value & 0xff));
    }

    private void word(int value) {
        half(value & 0xffff);
        half(value >>> 16);
    }

    private void half(int value) {
        code.write(value);
        code.write(value >>> 8);
    }
}
