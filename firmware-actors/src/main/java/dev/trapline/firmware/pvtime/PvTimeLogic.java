package dev.trapline.firmware.pvtime;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import java.util.Optional;

/// PV time as a function of a call and the memory layout (DEN0057).
///
/// ```text
/// structure of vCPU n = base + 64 n
/// 0  u32 revision 0
/// 4  u32 attributes 0
/// 8  u64 stolen time in nanoseconds, kept by the machine
/// ```
final class PvTimeLogic {

    /// The distance between two structures, and their alignment.
    static final int STRUCTURE_BYTES = 64;

    /// Revision 0 and attributes 0.
    private static final Bytes HEADER = Bytes.copyOf(new byte[8]);

    static final long PAGE = 4096;
    private static final long MOST_RAM = 1L << 36;
    private static final long SUCCESS = 0;
    private static final long NOT_SUPPORTED = -1;

    private PvTimeLogic() {}

    static Reply<PvTimeState> apply(PvTimeState state, ServiceCall call, GuestMemory memory) {
        FunctionId function = call.smccc().functionId();
        if (function.equals(PvTimeService.FEATURES)) {
            return Reply.x0(state, features(state, call, memory));
        }
        return function.equals(PvTimeService.ST) ? share(state, call.caller(), memory) : Reply.x0(state, NOT_SUPPORTED);
    }

    /// Both calls are implemented, or neither. A call that the machine's policy denies is reported as
    /// NOT_SUPPORTED.
    private static long features(PvTimeState state, ServiceCall call, GuestMemory memory) {
        FunctionId asked = new FunctionId((int) call.smccc().argument(1));
        boolean known = asked.equals(PvTimeService.FEATURES) || asked.equals(PvTimeService.ST);
        return known && call.reaches(asked) && fits(state, memory) ? SUCCESS : NOT_SUPPORTED;
    }

    /// The machine counts the stolen time, so a repeated call does not reduce it.
    private static Reply<PvTimeState> share(PvTimeState state, VcpuId caller, GuestMemory memory) {
        if (!fits(state, memory)) {
            return Reply.x0(state, NOT_SUPPORTED);
        }
        long structure = base(state, memory) + (long) caller.index() * STRUCTURE_BYTES;
        return new Reply<>(
                state,
                RegisterWrites.x0(structure),
                List.of(
                        new Effect.WriteMemory(structure, HEADER),
                        new Effect.ShareStolenTime(caller, structure + HEADER.size())));
    }

    /// The pages that contain the structures; empty if the structures are not entirely in RAM.
    static Optional<AddressRange> pages(ServiceContext context, AddressRange ram) {
        PvTimeState.Base base;
        try {
            base = PvTimeState.Base.of(context.setting(PvTimeService.BASE));
        } catch (IllegalArgumentException _) {
            // The service reports the error when it starts.
            base = new PvTimeState.Base.TopOfRam();
        }
        return switch (base) {
            case PvTimeState.Base.TopOfRam() -> Optional.of(new AddressRange(ram.end() - PAGE, ram.end()));
            case PvTimeState.Base.At(long address) ->
                around(address, (long) context.topology().vcpus() * STRUCTURE_BYTES, ram);
        };
    }

    private static Optional<AddressRange> around(long address, long bytes, AddressRange ram) {
        return address < ram.start() || address > ram.end() - bytes
                ? Optional.empty()
                : Optional.of(new AddressRange(address & -PAGE, (address + bytes + PAGE - 1) & -PAGE));
    }

    /// Whether the structures fit in RAM. If they do not, the machine has no PV time.
    static boolean fits(PvTimeState state, GuestMemory memory) {
        return memory.contains(base(state, memory), (long) state.vcpus() * STRUCTURE_BYTES);
    }

    private static long base(PvTimeState state, GuestMemory memory) {
        return switch (state.base()) {
            case PvTimeState.Base.At(long address) -> address;
            case PvTimeState.Base.TopOfRam() -> BoardSpec.RAM_BASE + ramPages(memory) * PAGE - PAGE;
        };
    }

    /// The number of pages of RAM, found by binary search in at most 25 steps.
    private static long ramPages(GuestMemory memory) {
        long inside = 0;
        long outside = MOST_RAM / PAGE + 1;
        while (outside - inside > 1) {
            long middle = (inside + outside) / 2;
            if (memory.contains(BoardSpec.RAM_BASE, middle * PAGE)) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return inside;
    }
}
