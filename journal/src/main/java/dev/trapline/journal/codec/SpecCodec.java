package dev.trapline.journal.codec;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.ScheduleSpec;
import java.util.SortedMap;
import java.util.TreeMap;

/// The machine of a recording's header as bytes.
///
/// ```text
///  varint vcpus, varint clusterSize, u8 cpuModel, u8 width, varint ramBytes
///  u8 schedule, u64 seed, varint quantum, varint cost of a hypercall, varint of a wait, varint of maintenance
///  varint maxInstructions, u8 run, u8 board, u8 deviceTree, text bootArguments
///  varint inputInterval, u8 gic, varint date, u8 console, network?, varint ramDigestInterval, varint renewalInterval
///  policy, as PolicyCodec writes it
///  varint count, settings in ascending order of the key: text key, text value
///
/// run       bit 0 rebootOnReset, bit 1 faults, bit 2 defects
/// network?  if bit 7 of console is set: u8 kind, not 0; u64 address
/// ```
final class SpecCodec {

    private static final int WITH_NETWORK = 0x80;
    private static final int REBOOTS = 1;
    private static final int FAULTS = 2;
    private static final int DEFECTS = 4;

    private SpecCodec() {}

    static void write(PackedWriter out, MachineSpec spec) {
        CpuSpec cpus = spec.cpus();
        BoardSpec board = spec.board();
        ScheduleSpec schedule = spec.schedule();
        RunSpec run = spec.run();
        SortedMap<String, String> settings = spec.firmware().settings();
        out.ensure(RecordLayout.MAX_FIXED_BYTES);
        out.varint(cpus.count());
        out.varint(cpus.clusterSize());
        Codes.CPU_MODEL.write(out, cpus.model());
        Codes.WIDTH.write(out, cpus.width());
        out.varint(board.ramBytes());
        Codes.SCHEDULE.write(out, schedule.kind());
        out.i64(schedule.seed());
        out.varint(schedule.quantum());
        out.varint(schedule.exitCosts().hypercall());
        out.varint(schedule.exitCosts().waitForInterrupt());
        out.varint(schedule.exitCosts().maintenance());
        out.varint(run.maxInstructions());
        out.u8((run.rebootOnReset() ? REBOOTS : 0) | (run.faults() ? FAULTS : 0) | (run.defects() ? DEFECTS : 0));
        Codes.BOARD.write(out, board.kind());
        out.u8(board.deviceTree() ? 1 : 0);
        out.string(board.bootArguments());
        out.ensure(RecordLayout.MAX_FIXED_BYTES);
        out.varint(board.inputInterval());
        Codes.GIC.write(out, board.gic());
        out.varint(board.date());
        writeConsole(out, board);
        out.varint(run.ramDigestInterval());
        out.varint(run.renewalInterval());
        PolicyCodec.write(out, spec.firmware().policy());
        out.items("settings", settings.size(), PolicyCodec.MOST_ITEMS);
        settings.forEach((key, value) -> {
            out.string(key);
            out.string(value);
        });
    }

    /// The console, and the network interface if there is one.
    private static void writeConsole(PackedWriter out, BoardSpec board) {
        boolean networked = board.network().kind() != NetworkKind.NONE;
        out.u8(Codes.CONSOLE.code(board.console()) | (networked ? WITH_NETWORK : 0));
        if (networked) {
            Codes.NETWORK.write(out, board.network().kind());
            out.i64(board.network().mac().bits());
        }
    }

    private static NetworkSpec readNetwork(PackedReader in) {
        NetworkKind kind = Codes.NETWORK.read(in);
        if (kind == NetworkKind.NONE) {
            throw new CodecException("a network interface has no kind (byte " + in.at() + ")");
        }
        return new NetworkSpec(kind, new MacAddress(in.i64()));
    }

    /// @throws IllegalArgumentException if there can be no such machine
    static MachineSpec read(PackedReader in) {
        CpuSpec cpus = new CpuSpec(
                in.count("the number of vCPUs", Integer.MAX_VALUE),
                in.count("the vCPUs in a cluster", Integer.MAX_VALUE),
                Codes.CPU_MODEL.read(in),
                Codes.WIDTH.read(in));
        long ramBytes = in.varint();
        ScheduleSpec schedule = new ScheduleSpec(
                Codes.SCHEDULE.read(in), in.i64(), in.varint(), new ExitCosts(in.varint(), in.varint(), in.varint()));
        long maxInstructions = in.varint();
        int runs = in.u8();
        if ((runs & ~(REBOOTS | FAULTS | DEFECTS)) != 0) {
            throw new CodecException("a run has unknown flags in " + runs + " (byte " + in.at() + ")");
        }
        BoardSpec board = readBoard(in, ramBytes);
        RunSpec run = new RunSpec(
                maxInstructions,
                (runs & REBOOTS) != 0,
                in.varint(),
                in.varint(),
                (runs & FAULTS) != 0,
                (runs & DEFECTS) != 0);
        return new MachineSpec(cpus, board, schedule, run, new FirmwareSpec(PolicyCodec.read(in), readSettings(in)));
    }

    private static BoardSpec readBoard(PackedReader in, long ramBytes) {
        BoardKind kind = Codes.BOARD.read(in);
        boolean deviceTree = in.flag();
        String bootArguments = in.string();
        long inputInterval = in.varint();
        GicVersion gic = Codes.GIC.read(in);
        long date = in.varint();
        int code = in.u8();
        ConsoleKind console = Codes.CONSOLE.decode(code & ~WITH_NETWORK);
        NetworkSpec network = (code & WITH_NETWORK) == 0 ? NetworkSpec.NONE : readNetwork(in);
        return new BoardSpec(kind, ramBytes, deviceTree, bootArguments, inputInterval, gic, date, console, network);
    }

    private static SortedMap<String, String> readSettings(PackedReader in) {
        SortedMap<String, String> settings = new TreeMap<>();
        for (int left = in.items("the number of settings", PolicyCodec.MOST_ITEMS); left > 0; left--) {
            settings.put(in.string(), in.string());
        }
        return settings;
    }
}
