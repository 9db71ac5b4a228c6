package dev.trapline.journal.codec;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.machine.WrongBits;
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
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/// Random records for property tests: small and huge numbers, every kind of every closed set.
public final class AnyRecord {

    /// Those that golden files of all versions have.
    private static final VcpuState[] STATES = {
        VcpuState.OFF, VcpuState.ON_PENDING, VcpuState.ON, VcpuState.SUSPENDED, VcpuState.POWERED_DOWN
    };

    private final Random random;

    public AnyRecord(Random random) {
        this.random = random;
    }

    static Arbitrary<List<JournalRecord>> lists() {
        return Arbitraries.randomValue(random -> {
            AnyRecord any = new AnyRecord(random);
            List<JournalRecord> records = new ArrayList<>();
            for (int left = random.nextInt(200); left > 0; left--) {
                records.add(
                        switch (random.nextInt(16)) {
                            case 0 -> any.frame();
                            case 1 -> any.faulted();
                            case 2 -> any.upset();
                            case 3 -> any.defect();
                            default -> any.next();
                        });
            }
            return records;
        });
    }

    /// A frame of any length. Golden files have the other records in an order that frames must not change.
    JournalRecord.Frame frame() {
        byte[] bytes = new byte[random.nextInt(JournalRecord.LEAST_FRAME, JournalRecord.MOST_FRAME + 1)];
        random.nextBytes(bytes);
        return new JournalRecord.Frame(Bytes.copyOf(bytes));
    }

    /// A fault of any kind. Golden files have the other records in an order that faults must not change.
    JournalRecord.Faulted faulted() {
        return new JournalRecord.Faulted(
                switch (random.nextInt(9)) {
                    case 0 -> new CallFault.Refused(someWrites());
                    case 1 -> {
                        RegisterWrites arguments = RegisterWrites.NONE.and(1 + random.nextInt(30), number());
                        yield new CallFault.WrongArgument(arguments.and(1 + random.nextInt(30), number()));
                    }
                    case 2 -> new CallFault.WrongResult(someWrites());
                    case 3 -> new CallFault.Late(1 + random.nextLong(MachineSpec.LAST_DEADLINE));
                    case 4 -> new CallFault.Lost(1 + random.nextLong(MachineSpec.LAST_DEADLINE));
                    case 5 -> new CallFault.Lost(CallFault.FOREVER);
                    case 6 -> new CallFault.Repeated();
                    case 7 -> new CallFault.Forgotten();
                    default -> new CallFault.Crashed(pick(CallFault.Crashed.When.values()), someWrites());
                });
    }

    /// A fault of a machine, of any kind. Golden files have the other injections in an order that these must not
    /// change.
    JournalRecord.Injected upset() {
        return new JournalRecord.Injected(
                switch (random.nextInt(5)) {
                    case 0 -> new Injection.LostInterrupt(vcpu(), random.nextInt(Injection.MAX_INTID + 1));
                    case 1 -> new Injection.Hold(vcpu(), Injection.Hold.FOREVER);
                    case 2 -> new Injection.Hold(vcpu(), 1 + random.nextLong(MachineSpec.LAST_DEADLINE));
                    case 3 -> new Injection.RegisterFlip(vcpu(), random.nextInt(31), 1L << random.nextInt(64));
                    default -> new Injection.MemoryFlip(positive(), 1 + random.nextInt(255));
                });
    }

    /// A defect of a device, of any kind.
    JournalRecord.Injected defect() {
        long count = random.nextBoolean() ? Injection.Defect.EVERY_TIME : 1 + random.nextInt(1_000_000_000);
        long ticks = random.nextBoolean() ? Injection.Hold.FOREVER : 1 + random.nextLong(MachineSpec.LAST_DEADLINE);
        return new JournalRecord.Injected(
                switch (random.nextInt(3)) {
                    case 0 -> {
                        long bits = random.nextInt() & WrongBits.MAX;
                        long other = random.nextInt() & WrongBits.MAX;
                        yield new Injection.Misread(
                                positive(),
                                new WrongBits((bits & ~other) | 1, ~bits & other & ~1, bits & other & ~1),
                                count);
                    }
                    case 1 -> new Injection.StuckLine(32 + random.nextInt(988), random.nextBoolean(), ticks);
                    default ->
                        new Injection.BadDisk(random.nextInt(32), pick(Injection.BadDisk.Failure.values()), count);
                });
    }

    private RegisterWrites someWrites() {
        return writes().and(random.nextInt(31), number());
    }

    /// Any record except an end, a frame and a fault.
    public JournalRecord next() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> slice();
            case 4, 5, 6 -> new JournalRecord.Answer(decision(), writes(), effects());
            case 7 -> new JournalRecord.FullDigest(vcpu(), number());
            case 8 ->
                random.nextBoolean()
                        ? new JournalRecord.MemoryDigest(number())
                        : new JournalRecord.Reaction("service-" + random.nextInt(5), effects());
            default -> input();
        };
    }

    private JournalRecord.Input input() {
        return switch (random.nextInt(8)) {
            case 0 -> new JournalRecord.ConsoleInput(bytes());
            case 1 -> new JournalRecord.Stop(pick(JournalRecord.Stop.Reason.values()));
            case 2 -> new JournalRecord.Injected(injection());
            case 3 -> new JournalRecord.Entropy("service-" + random.nextInt(5), bytes());
            case 4 -> round();
            case 5 -> new JournalRecord.Renewed(random.nextLong(Engine.MAX_BUDGET));
            case 6 -> new JournalRecord.Turned(new Turn(vcpu(), positive()));
            default -> new JournalRecord.Reconfigured(policy());
        };
    }

    /// A round whose end does not overflow.
    private JournalRecord.Round round() {
        long begins = positive() >>> 1;
        return new JournalRecord.Round(begins, begins + 1 + (positive() >>> 2));
    }

    private JournalRecord.Slice slice() {
        long budget = positive();
        Exit exit = exit();
        boolean all = exit instanceof Exit.BudgetUsed && random.nextInt(3) > 0;
        return new JournalRecord.Slice(
                vcpu(), positive() >>> 1, budget, (all ? budget : positive()) >>> 1, exit, number());
    }

    private Injection injection() {
        return switch (random.nextInt(6)) {
            case 0 -> new Injection.WakeUp(vcpu());
            case 4 -> new Injection.ConsoleSize(1 + random.nextInt(9999), 1 + random.nextInt(9999));
            case 3 -> new Injection.SError(vcpu(), random.nextInt(Injection.SError.MAX_SYNDROME + 1));
            case 2 -> new Injection.PowerButton();
            case 1 -> new Injection.Interrupt(vcpu(), random.nextInt(Injection.MAX_INTID + 1));
            default -> new Injection.Event(vcpu(), positive());
        };
    }

    private Policy policy() {
        SortedMap<String, Boolean> toggles = new TreeMap<>();
        List<Rule> rules = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            toggles.put("toggle-" + random.nextInt(9), random.nextBoolean());
            rules.add(new Rule(
                    new Match(
                            random.nextBoolean() ? EnumSet.allOf(Conduit.class) : EnumSet.of(pick(Conduit.values())),
                            random.nextInt(1 << 16),
                            functions(),
                            EnumSet.range(ExecutionState.A64, pick(ExecutionState.values()))),
                    action(),
                    "machine.conf: " + left));
        }
        return new Policy(toggles, rules);
    }

    private Functions functions() {
        return switch (random.nextInt(4)) {
            case 0 -> new Functions.One(new FunctionId(random.nextInt()));
            case 1 -> new Functions.Range(new FunctionId(random.nextInt()), positive());
            case 2 -> new Functions.Owner(random.nextInt(64));
            default -> new Functions.Any();
        };
    }

    private Action action() {
        return switch (random.nextInt(4)) {
            case 0 -> new Action.Resident();
            case 1 -> new Action.Forward(null);
            case 2 -> new Action.Forward("service-" + random.nextInt(5));
            default -> new Action.Deny();
        };
    }

    /// Any end of a run.
    public JournalRecord end() {
        RunOutcome outcome = switch (random.nextInt(14)) {
            case 0 -> new RunOutcome.PoweredOff();
            case 1 -> new RunOutcome.ResetRequested(pick(Effect.SystemReset.Reset.values()), resetRequest());
            case 11 -> new RunOutcome.Hibernated();
            case 12 -> new RunOutcome.ServiceFailed("mine", "threw äöü", random.nextBoolean());
            case 13 -> new RunOutcome.HeldByService("mine", random.nextBoolean());
            case 2 -> new RunOutcome.Exited(number());
            case 3 -> new RunOutcome.GuestFailed(vcpu(), fault(), registers());
            case 4 -> new RunOutcome.LimitReached(pick(RunOutcome.Limit.values()));
            case 5 -> new RunOutcome.Deadlock(List.of(pick(STATES), pick(STATES)));
            case 6 -> new RunOutcome.Interrupted();
            case 7 -> new RunOutcome.RecordingEnds();
            case 8 -> new RunOutcome.StorageFailed("voll: äöü");
            case 9 -> new RunOutcome.Diverged("at slice 3");
            default -> new RunOutcome.Broken("broke", List.of("one", "", "two"));
        };
        return new JournalRecord.End(outcome, positive(), positive(), number());
    }

    private Exit exit() {
        return switch (random.nextInt(6)) {
            case 0 -> Exit.BudgetUsed.INSTANCE;
            case 1 -> random.nextBoolean() ? Exit.WaitForInterrupt.INSTANCE : Exit.FirmwareInterrupt.INSTANCE;
            case 2 -> new Exit.Maintenance(random.nextInt(1 << 14), number());
            case 3 -> fault();
            default ->
                new HypercallExit(
                        pick(Conduit.values()),
                        random.nextInt(1 << 16),
                        pick(ExecutionState.values()),
                        random.nextInt(4),
                        random.nextBoolean() ? 2 : 4,
                        random.nextBoolean(),
                        random.nextBoolean(),
                        registers());
        };
    }

    private GuestFault fault() {
        return new GuestFault(pick(GuestFault.Kind.values()), number(), number());
    }

    private GeneralRegisters registers() {
        long[] values = new long[GeneralRegisters.COUNT];
        for (int n = 0; n < values.length; n++) {
            values[n] = random.nextBoolean() ? 0x4000_0000L + n : number();
        }
        return GeneralRegisters.copyOf(values);
    }

    private Decision decision() {
        return switch (random.nextInt(3)) {
            case 0 -> new Decision.Resident("service-" + random.nextInt(5));
            case 1 -> new Decision.Forwarded("service-" + random.nextInt(5));
            default -> new Decision.Denied(pick(Decision.Reason.values()));
        };
    }

    private RegisterWrites writes() {
        RegisterWrites writes = random.nextBoolean() ? RegisterWrites.x0(number()) : RegisterWrites.NONE;
        for (int left = random.nextInt(4); left > 0; left--) {
            writes = writes.and(random.nextInt(31), number());
        }
        return writes;
    }

    private ResetRequest resetRequest() {
        return random.nextBoolean()
                ? new ResetRequest.Plain()
                : new ResetRequest.Typed(random.nextInt(), random.nextLong());
    }

    private List<Effect> effects() {
        List<Effect> effects = new ArrayList<>();
        for (int left = Math.max(0, random.nextInt(6) - 3); left > 0; left--) {
            effects.add(
                    switch (random.nextInt(16)) {
                        case 0 -> new Effect.PowerOn(vcpu(), number(), number(), positive(), pick(DataOrder.values()));
                        case 1 -> new Effect.PowerOff(vcpu());
                        case 2 -> new Effect.Wake(vcpu());
                        case 3 -> new Effect.WriteMemory(number(), bytes());
                        case 4 -> new Effect.SystemOff(pick(Effect.SystemOff.Off.values()));
                        case 5 -> new Effect.SystemReset(pick(Effect.SystemReset.Reset.values()), resetRequest());
                        case 6 -> new Effect.Standby(vcpu());
                        case 7 -> new Effect.PowerDown(vcpu(), number(), number(), pick(DataOrder.values()));
                        case 8 -> new Effect.DrawEntropy(1 + random.nextInt(Effect.DrawEntropy.MAX_ENTROPY));
                        case 9 -> new Effect.ShareStolenTime(vcpu(), number());
                        case 10 -> new Effect.DeliverEvent(vcpu(), number(), number(), number());
                        case 11 -> new Effect.CompleteEvent(vcpu());
                        case 12 -> new Effect.CompleteEventAndResume(vcpu(), number());
                        case 13 -> new Effect.StayAwake(vcpu());
                        case 14 ->
                            new Effect.RouteInterrupt(
                                    vcpu(), 16 + random.nextInt(1004), pick(Effect.RouteInterrupt.Receiver.values()));
                        default -> new Effect.ExitRun(number());
                    });
        }
        return effects;
    }

    private Bytes bytes() {
        byte[] content = new byte[random.nextInt(40)];
        random.nextBytes(content);
        return Bytes.copyOf(content);
    }

    private VcpuId vcpu() {
        return new VcpuId(random.nextBoolean() ? random.nextInt(2) : random.nextInt(VcpuId.MAX_COUNT));
    }

    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private long positive() {
        return random.nextLong() >>> (1 + random.nextInt(63));
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
