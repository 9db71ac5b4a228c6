package dev.trapline.journal;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/// An invented run, always the same: two vCPUs that make hypercalls in a loop, with records of every kind.
public final class SampleRun {

    private static final long LOOP = 0x4000_1000L;

    private SampleRun() {}

    public static List<Image> images() {
        return List.of(
                new Image(Image.Kind.ELF, "hello.elf", 0, Bytes.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 1, 2, 3})),
                new Image(Image.Kind.RAW, "table.bin", 0x4100_0000L, Bytes.copyOf(new byte[4096])));
    }

    public static RecordingHeader header(String id) {
        return header(id, images().stream().map(ImageRef::of).toList());
    }

    /// The same of a run of a machine that is connected with others.
    public static RecordingHeader connectedHeader(String id) {
        MachineSpec spec = header(id).spec();
        NetworkSpec network = new NetworkSpec(NetworkKind.SWITCH, new MacAddress(0x0212_3456_789aL));
        return header(id, spec.with(spec.board().withNetwork(network)));
    }

    /// The same of a run in which devices may have defects.
    public static RecordingHeader defectiveHeader(String id) {
        MachineSpec spec = header(id).spec();
        return header(id, spec.with(spec.run().withDefects()));
    }

    private static RecordingHeader header(String id, MachineSpec spec) {
        RecordingHeader plain = header(id);
        return new RecordingHeader(
                plain.recordingId(),
                plain.createdBy(),
                plain.library(),
                plain.strategies(),
                plain.digestVersion(),
                spec,
                plain.services(),
                plain.images(),
                plain.devices());
    }

    /// The same of a run with other images.
    public static RecordingHeader header(String id, List<ImageRef> images) {
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(2))
                .with(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withDeviceTree(true)
                        .withBootArguments("console=ttyAMA0")
                        .withInputInterval(1000)
                        .withGic(GicVersion.V3))
                .with(ScheduleSpec.DEFAULT.withKind(Schedule.RANDOM).withSeed(0xdead_beef_cafe_f00dL))
                .with(RunSpec.DEFAULT.withRamDigestInterval(62_500_000))
                .with(FirmwareSpec.DEFAULT.withPolicy(policy()).withSetting("psci.version", "1.1"));
        return new RecordingHeader(
                id,
                "0.1.0",
                new EngineLibrary("unicorn", "2.0.1", "ab".repeat(32), "libunicorn.so.2"),
                "random/2 seeded-entropy/2",
                1,
                spec,
                List.of(new ServiceRef("psci", "1.1"), new ServiceRef("smccc", "1.2")),
                images,
                List.of(
                        new DeviceRef("pl011", "1", 0x0900_0000, 0x1000),
                        new DeviceRef("alarm", "2.1", 0x0a00_0000, 16)));
    }

    /// A policy with rules of every form.
    private static Policy policy() {
        FunctionId psci = new FunctionId(0x8400_0000);
        return Policy.DEFAULT
                .withResident("smccc")
                .with("psci", true)
                .withRules(List.of(
                        new Rule(Match.of(new Functions.Range(psci, 32)), new Action.Deny(), "machine.conf: 12"),
                        new Rule(Match.of(new Functions.One(psci)), new Action.Resident(), "machine.conf: 13"),
                        new Rule(Match.of(new Functions.Owner(6)), new Action.Forward(null), "machine.conf: 14"),
                        new Rule(
                                new Match(
                                        EnumSet.of(Conduit.HVC),
                                        0x4a48,
                                        new Functions.Any(),
                                        EnumSet.of(ExecutionState.T32)),
                                new Action.Forward("mailbox"),
                                "machine.conf: 15")));
    }

    /// The records of a run with this number of slices, including its end.
    public static List<JournalRecord> records(int slices) {
        List<JournalRecord> records = new ArrayList<>();
        emit(slices, records::add);
        return records;
    }

    /// Like [#records], one at a time.
    public static void emit(int slices, Consumer<JournalRecord> to) {
        for (int n = 0; n < slices; n++) {
            step(n, to);
        }
        to.accept(new JournalRecord.MemoryDigest(Digest64.fold(1, slices)));
        to.accept(new JournalRecord.End(new RunOutcome.PoweredOff(), slices * 256L, 12, 0x1234));
    }

    /// The records of one slice, with the inputs before it.
    public static void step(int n, Consumer<JournalRecord> to) {
        if (n % 500 == 499) {
            to.accept(new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {(byte) n, '\r'})));
        }
        VcpuId vcpu = new VcpuId(n & 1);
        if (n % 97 == 96) {
            to.accept(new JournalRecord.Slice(
                    vcpu, began(n), 20_000, 20_000, Exit.BudgetUsed.INSTANCE, Digest64.fold(7, n)));
        } else {
            to.accept(hypercallSlice(vcpu, n));
            to.accept(answer(n));
        }
        if (n % 64 == 63) {
            to.accept(new JournalRecord.FullDigest(vcpu, Digest64.fold(9, n)));
        }
    }

    /// Each slice of a vCPU begins when the previous one has ended and its hypercall's cost has passed.
    private static long began(int n) {
        return n / 2 * (12L + 256);
    }

    /// A slice that ends in the loop's hypercall.
    public static JournalRecord.Slice hypercallSlice(VcpuId vcpu, int n) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = 0xc600_1001L;
        registers[1] = n;
        registers[19] = 1_000_000L - n;
        registers[30] = 0x4000_0f00L;
        registers[GeneralRegisters.SP] = 0x4010_0000L + vcpu.index() * 4096L;
        registers[GeneralRegisters.PC] = LOOP + 4;
        registers[GeneralRegisters.PSTATE] = n % 3 == 0 ? 0x6000_03c5L : 0x2000_03c5L;
        HypercallExit exit =
                new HypercallExit(Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
        return new JournalRecord.Slice(vcpu, began(n), 20_000, 12, exit, Digest64.of(registers, registers.length));
    }

    private static JournalRecord.Answer answer(int n) {
        List<Effect> effects =
                n % 1000 == 7 ? List.of(new Effect.PowerOn(new VcpuId(1), 0x4000_2000L, 5, 0)) : List.of();
        Decision decision =
                n % 5 == 4 ? new Decision.Denied(Decision.Reason.UNCLAIMED) : new Decision.Forwarded("psci");
        return new JournalRecord.Answer(decision, RegisterWrites.x0(n % 5 == 4 ? -1 : n), effects);
    }
}
