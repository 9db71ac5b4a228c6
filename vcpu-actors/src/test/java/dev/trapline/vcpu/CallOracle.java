package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.policy.Decision;
import dev.trapline.registry.CapabilityRegistry;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Follows a recording of a [CallProgram] with its own model of registers and power. It compares each call with the
/// program, each decision with the registry's query, and each register with the expected value.
final class CallOracle {

    /// x0 to x30, and SP as the 32nd.
    private static final int REGISTERS = 32;

    private final CallProgram program;
    private final ExecutionState state;
    private final CapabilityRegistry registry;
    private final int registers;
    private final boolean[] on;
    private final long[][] values;
    private final CallProgram.@Nullable Routine[] routines;
    private final int[] done;
    private final int[] ended;
    private JournalRecord.@Nullable Slice asked;
    private long mailbox;
    private int calls;
    private int started;

    CallOracle(CallProgram program, ExecutionState state, CapabilityRegistry registry, int vcpus) {
        this.program = program;
        this.state = state;
        this.registry = registry;
        this.registers = state.isAarch32() ? 15 : REGISTERS;
        this.on = new boolean[vcpus];
        this.values = new long[vcpus][REGISTERS];
        this.routines = new CallProgram.Routine[vcpus];
        this.done = new int[vcpus];
        this.ended = new int[vcpus];
    }

    /// A vCPU begins a routine.
    ///
    /// @param x0 the value of x0
    void begins(VcpuId vcpu, long entry, long x0) {
        int v = vcpu.index();
        on[v] = true;
        Arrays.fill(values[v], 0);
        values[v][0] = seen(x0);
        routines[v] = program.routine(entry);
        done[v] = 0;
        started++;
    }

    /// The number of calls that were made.
    int calls() {
        return calls;
    }

    /// The number of routines that vCPUs have begun.
    int started() {
        return started;
    }

    /// How often a vCPU reached the CPU_OFF at the end of its routine.
    int ended(int vcpu) {
        return ended[vcpu];
    }

    /// The number of calls of its routine that a vCPU has made.
    int done(int vcpu) {
        return done[vcpu];
    }

    void follow(JournalRecord record) {
        switch (record) {
            case JournalRecord.Slice slice
            when slice.exit() instanceof HypercallExit exit -> {
                checkCall(slice.vcpu().index(), exit);
                asked = slice;
            }
            case JournalRecord.Answer answer -> {
                JournalRecord.Slice slice = asked;
                if (slice == null || !(slice.exit() instanceof HypercallExit exit)) {
                    throw new AssertionError("an answer without a call");
                }
                checkAnswer(slice.vcpu(), exit, answer);
            }
            case JournalRecord _ -> {}
        }
    }

    private void checkCall(int v, HypercallExit exit) {
        CallProgram.Routine routine = routines[v];
        if (routine == null) {
            throw new AssertionError("vcpu" + v + " calls, and was never started");
        }
        CallProgram.Made made = routine.calls().get(done[v]++);
        for (CallProgram.Load load : made.loads()) {
            values[v][load.register()] = seen(load.value());
            if (load.register() == CallProgram.stackPointer(state)) {
                values[v][CallProgram.linkRegister(state)] = seen(load.value());
            }
        }
        if (exit.conduit() != made.conduit()
                || exit.immediate() != made.immediate()
                || exit.state() != state
                || exit.pc() != made.pc()
                || exit.nextPc() != made.pc() + 4
                || !exit.conditionPassed()) {
            throw new AssertionError("expected " + made + ", came " + exit);
        }
        for (int n = 0; n < registers; n++) {
            long came = n == CallProgram.stackPointer(ExecutionState.A64)
                    ? exit.registers().sp()
                    : exit.registers().x(n);
            if (came != values[v][n]) {
                throw new AssertionError("x" + n + " of vcpu" + v + " at " + made + ": expected 0x"
                        + Long.toHexString(values[v][n]) + ", came " + exit.registers());
            }
        }
        calls++;
    }

    private void checkAnswer(VcpuId vcpu, HypercallExit exit, JournalRecord.Answer answer) {
        int function = (int) exit.registers().x(0);
        Decision query = registry.query(exit.conduit(), exit.immediate(), function, state)
                .decision();
        if (!query.equals(answer.decision())) {
            throw new AssertionError("the query says " + query + " of " + exit + ", which was " + answer);
        }
        switch (query) {
            case Decision.Denied _ ->
                assertThat(answer)
                        .as("a denied call returns NOT_SUPPORTED and does nothing")
                        .isEqualTo(new JournalRecord.Answer(query, RegisterWrites.x0(-1), List.of()));
            case Decision.Resident(String service) -> checkService(service, vcpu, exit, answer);
            case Decision.Forwarded(String service) -> checkService(service, vcpu, exit, answer);
        }
        RegisterWrites writes = answer.registers();
        int rest = writes.mask();
        for (int k = 0; k < writes.count(); k++, rest &= rest - 1) {
            values[vcpu.index()][Integer.numberOfTrailingZeros(rest)] = seen(writes.value(k));
        }
        for (Effect effect : answer.effects()) {
            switch (effect) {
                case Effect.PowerOn power -> begins(power.target(), power.entry(), power.contextId());
                case Effect.PowerOff power -> {
                    on[power.target().index()] = false;
                    ended[power.target().index()]++;
                }
                case Effect.SystemOff _, Effect.SystemReset _, Effect.ExitRun _ -> {}
                case Effect.DrawEntropy _ -> {}
                case Effect.StayAwake _,
                        Effect.Standby _,
                        Effect.EventHandling _,
                        Effect.PowerDown _,
                        Effect.ShareStolenTime _,
                        Effect.RouteInterrupt _,
                        Effect.Wake _,
                        Effect.WriteMemory _ -> throw new AssertionError("no service does this: " + effect);
            }
        }
    }

    private void checkService(String service, VcpuId vcpu, HypercallExit exit, JournalRecord.Answer answer) {
        switch (service) {
            case "psci" -> checkPsci(vcpu, exit, answer);
            case "mailbox" -> checkMailbox(exit, answer);
            default -> {
                int last = lastResult(service, (int) exit.registers().x(0));
                assertThat(answer.registers().mask() >>> (last + 1))
                        .as("%s returns in x0 to x%d", service, last)
                        .isZero();
            }
        }
    }

    /// FF-A returns eight registers, the name of the SoC eighteen, all other calls four.
    private static int lastResult(String service, int function) {
        if (service.equals("ffa")) {
            return 7;
        }
        return named(function) == 0xc000_0002 ? 17 : 3;
    }

    /// The function of an identifier: from SMCCC 1.3 on, bit 16 of a fast call is a hint, if the other
    /// reserved bits are zero (DEN0028 §2.5).
    static int named(int function) {
        return function < 0 && (function & 0xff_0000) == 1 << 16 ? function & ~(1 << 16) : function;
    }

    /// The power effects of PSCI 1.3 (DEN0022 §5.5 to §5.7), for CPUs 0 to 3 of one cluster.
    private void checkPsci(VcpuId vcpu, HypercallExit exit, JournalRecord.Answer answer) {
        int function = named((int) exit.registers().x(0));
        boolean is64 = (function & 1 << 30) != 0;
        long target = is64 ? exit.registers().x(1) : exit.registers().x(1) & 0xffff_ffffL;
        boolean exists = Long.compareUnsigned(target, on.length) < 0;
        JournalRecord.@Nullable Answer expected = switch (function) {
            case 0x8400_0000 -> returns(answer, 0x1_0003);
            case 0x8400_0002 -> effect(answer, new Effect.PowerOff(vcpu));
            case 0x8400_0008 -> effect(answer, new Effect.SystemOff());
            case 0x8400_0009 -> effect(answer, new Effect.SystemReset(Effect.SystemReset.Reset.COLD));
            case 0x8400_0003, 0xc400_0003 -> {
                if (!exists) {
                    yield returns(answer, -2);
                }
                yield on[(int) target] ? returns(answer, -4) : null;
            }
            case 0x8400_0004, 0xc400_0004 ->
                (is64 ? exit.registers().x(2) : exit.registers().x(2) & 0xffff_ffffL) == 0
                        ? returns(answer, exists ? (on[(int) target] ? 0 : 1) : -2)
                        : answer;
            case 0x8400_000a -> answer;
            // The random arguments are never one of the machine's four default states.
            case 0x8400_0001, 0xc400_0001 -> returns(answer, -2);
            default -> returns(answer, -1);
        };
        if (expected == null) {
            long mask = is64 ? -1 : 0xffff_ffffL;
            Effect power = new Effect.PowerOn(
                    new VcpuId((int) target),
                    exit.registers().x(2) & mask,
                    exit.registers().x(3) & mask,
                    readyAt(answer));
            expected = new JournalRecord.Answer(answer.decision(), RegisterWrites.x0(0), List.of(power));
        }
        if (!answer.equals(expected)) {
            throw new AssertionError("expected " + expected + " of " + exit + ", came " + answer);
        }
    }

    /// The oracle has no clock, so it does not check when the CPU is ready.
    private static long readyAt(JournalRecord.Answer answer) {
        return answer.effects().stream()
                .filter(Effect.PowerOn.class::isInstance)
                .mapToLong(effect -> ((Effect.PowerOn) effect).readyAt())
                .sum();
    }

    private void checkMailbox(HypercallExit exit, JournalRecord.Answer answer) {
        long operation = exit.registers().x(7);
        RegisterWrites expected = RegisterWrites.NONE.and(7, -1);
        if (operation == 0) {
            expected = RegisterWrites.NONE.and(12, mailbox);
        } else if (operation == 1) {
            mailbox += exit.registers().x(12);
            expected = RegisterWrites.NONE;
        }
        assertThat(answer.registers()).as("mailbox").isEqualTo(expected);
    }

    private static JournalRecord.Answer returns(JournalRecord.Answer answer, long x0) {
        return new JournalRecord.Answer(answer.decision(), RegisterWrites.x0(x0), List.of());
    }

    private static JournalRecord.Answer effect(JournalRecord.Answer answer, Effect effect) {
        return new JournalRecord.Answer(answer.decision(), RegisterWrites.NONE, List.of(effect));
    }

    private long seen(long value) {
        return state.isAarch32() ? value & 0xffff_ffffL : value;
    }
}
