package dev.trapline.firmware.psci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Reply;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// Random calls and wake-ups in any order. The results are compared with [PowerModel], and with a machine that executes
/// the effects.
class PowerModelTest {

    private static final String STATES = "states=a=standby:0x1, b=power-down:0x2, c=standby/standby:0x11,"
            + " d=power-down/standby:0x12, e=power-down/power-down:0x22, f=power-down/run:0x202,"
            + " g=power-down/power-down/standby:0x122, h=power-down/power-down/power-down:0x222,"
            + " i=standby/standby/standby:0x111";
    private static final int[][] DEPTHS = {{1}, {2}, {1, 1}, {2, 1}, {2, 2}, {2, 0}, {2, 2, 1}, {2, 2, 2}, {1, 1, 1}};
    private static final long[] POWER_STATES = {
        0x1, 0x1_0002, 0x100_0011, 0x101_0012, 0x101_0022, 0x101_0202, 0x201_0122, 0x201_0222, 0x200_0111
    };

    /// NODE_HW_STATE by depth.
    private static final long[] HARDWARE = {0, 2, 1};

    private enum Kind {
        CPU_ON,
        CPU_OFF,
        CPU_FREEZE,
        CPU_SUSPEND,
        DEFAULT_SUSPEND,
        SYSTEM_SUSPEND,
        SET_MODE,
        WAKE,
        WAIT
    }

    /// @param a the CPU that acts; if the kind needs a running CPU, the next one that runs
    /// @param b the argument
    record Step(Kind kind, int a, int b) {}

    private enum Power {
        OFF,
        ON,
        STANDBY,
        POWER_DOWN
    }

    @Provide
    static Arbitrary<Step> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(8, Kind.CPU_ON),
                Tuple.of(2, Kind.CPU_OFF),
                Tuple.of(2, Kind.CPU_FREEZE),
                Tuple.of(8, Kind.CPU_SUSPEND),
                Tuple.of(1, Kind.DEFAULT_SUSPEND),
                Tuple.of(1, Kind.SYSTEM_SUSPEND),
                Tuple.of(3, Kind.SET_MODE),
                Tuple.of(4, Kind.WAKE),
                Tuple.of(2, Kind.WAIT));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 20))
                .as(Step::new);
    }

    @Property(tries = 1000)
    void noSequenceOfCallsAndWakeUpsLeavesThePowerStateInconsistent(
            @ForAll @IntRange(min = 1, max = 7) int vcpus,
            @ForAll @IntRange(min = 1, max = 4) int clusterSize,
            @ForAll boolean pending,
            @ForAll @Size(max = 80) List<@From("steps") Step> steps) {
        new Run(vcpus, clusterSize, pending ? 50 : 0).all(steps);
    }

    /// One machine in three forms.
    private static final class Run {
        private final PsciMachine machine;
        private final PowerModel model;
        private final Power[] power;

        Run(int vcpus, int clusterSize, long onPending) {
            machine = PsciMachine.of(vcpus, clusterSize, STATES, "default-suspend=b", "on-pending=" + onPending);
            model = new PowerModel(vcpus, clusterSize, onPending);
            power = new Power[vcpus];
            Arrays.fill(power, Power.OFF);
            power[0] = Power.ON;
        }

        void all(List<Step> steps) {
            for (Step step : steps) {
                one(step);
                model.account();
                check();
            }
        }

        private void one(Step step) {
            int caller = running(step.a());
            if (step.kind() == Kind.WAIT) {
                wait(step.b());
            } else if (step.kind() == Kind.WAKE || caller < 0) {
                wake(step.a() % model.vcpus);
            } else {
                call(step, caller);
            }
        }

        /// The first running CPU from this one on; -1 if none runs.
        private int running(int from) {
            for (int k = 0; k < model.vcpus; k++) {
                int cpu = (from + k) % model.vcpus;
                if (model.isRunning(cpu)) {
                    return cpu;
                }
            }
            return -1;
        }

        private void wait(int ticks) {
            model.time += ticks;
            machine.at(model.time);
        }

        private void wake(int cpu) {
            model.woken(cpu);
            if (power[cpu] != Power.OFF) {
                power[cpu] = Power.ON;
            }
            machine.woken(cpu);
        }

        private void call(Step step, int caller) {
            int b = step.b();
            int state = b % DEPTHS.length;
            switch (step.kind()) {
                case CPU_ON -> {
                    int target = b % (model.vcpus + 1);
                    long affinity = target < model.vcpus ? machine.affinity(target) : 0xff;
                    expect(model.cpuOn(target), caller, PsciMachine.CPU_ON, affinity, PsciMachine.ENTRY, 0);
                }
                case CPU_OFF -> {
                    model.cpuDown(caller, PowerModel.Life.OFF);
                    expect(PsciMachine.GONE, caller, PsciMachine.CPU_OFF);
                }
                case CPU_FREEZE -> {
                    model.cpuDown(caller, PowerModel.Life.FROZEN);
                    expect(PsciMachine.GONE, caller, PsciMachine.CPU_FREEZE);
                }
                case CPU_SUSPEND ->
                    expect(
                            model.suspend(caller, DEPTHS[state]),
                            caller,
                            PsciMachine.CPU_SUSPEND,
                            POWER_STATES[state],
                            PsciMachine.ENTRY,
                            0);
                case DEFAULT_SUSPEND ->
                    expect(
                            model.enter(caller, DEPTHS[1]),
                            caller,
                            PsciMachine.CPU_DEFAULT_SUSPEND,
                            PsciMachine.ENTRY,
                            0);
                case SYSTEM_SUSPEND ->
                    expect(model.systemSuspend(caller), caller, PsciMachine.SYSTEM_SUSPEND, PsciMachine.ENTRY, 0);
                case SET_MODE -> expect(model.setMode(caller, b % 3), caller, PsciMachine.SET_SUSPEND_MODE, b % 3);
                case WAKE, WAIT -> {}
            }
        }

        private void expect(long x0, int caller, long... x) {
            Reply<PsciState> reply = machine.call(caller, x);
            if (x0 == PsciMachine.GONE) {
                assertThat(reply.registers().mask()).as("it does not return").isZero();
            } else {
                assertThat(reply.registers().value(0)).as("x0").isEqualTo(x0);
            }
            for (Effect effect : reply.effects()) {
                switch (effect) {
                    case Effect.PowerOn on -> move(on.target().index(), Power.OFF, Power.ON);
                    case Effect.PowerOff off -> move(off.target().index(), Power.ON, Power.OFF);
                    case Effect.Standby standby -> move(standby.target().index(), Power.ON, Power.STANDBY);
                    case Effect.PowerDown down -> move(down.target().index(), Power.ON, Power.POWER_DOWN);
                    default -> throw new AssertionError("unexpected " + effect);
                }
            }
        }

        private void move(int cpu, Power from, Power to) {
            assertThat(power[cpu])
                    .as("power of CPU %d before it is %s", cpu, to)
                    .isEqualTo(from);
            power[cpu] = to;
        }

        private void check() {
            int asker = running(0);
            for (int cpu = 0; cpu < model.vcpus; cpu++) {
                PsciState state = machine.state();
                for (int level = 0; level <= PowerTree.SYSTEM; level++) {
                    int depth = model.depth(model.domain(cpu, level));
                    LocalState local = state.tree().state(level, PowerTree.members(state.topology(), cpu, level));
                    assertThat((long) local.hardwareState())
                            .as("level %d above CPU %d", level, cpu)
                            .isEqualTo(HARDWARE[depth]);
                    if (asker >= 0) {
                        assertThat(machine.hardware(asker, cpu, level)).isEqualTo(HARDWARE[depth]);
                    }
                }
                checkPower(cpu);
                if (asker >= 0) {
                    assertThat(machine.affinityInfo(asker, cpu, 0))
                            .as("AFFINITY_INFO of CPU %d", cpu)
                            .isEqualTo(model.affinityInfo(cpu, cpu + 1));
                    checkStatistics(asker, cpu);
                }
            }
            if (asker >= 0) {
                assertThat(machine.affinityInfo(asker, 0, 2)).isEqualTo(model.affinityInfo(0, model.vcpus));
                assertThat(machine.affinityInfo(asker, 0, 3))
                        .as("the tree's highest level is 2")
                        .isEqualTo(-2);
                assertThat(machine.state().osInitiated()).isEqualTo(model.osInitiated);
            }
        }

        /// Checks that the effects on the machine match PSCI's state.
        private void checkPower(int cpu) {
            int depth = model.depth(cpu);
            Power expected = switch (depth) {
                case 0 -> Power.ON;
                case 1 -> Power.STANDBY;
                default -> model.isDown(cpu) ? Power.OFF : Power.POWER_DOWN;
            };
            assertThat(power[cpu]).as("the machine's CPU %d", cpu).isEqualTo(expected);
        }

        private void checkStatistics(int asker, int cpu) {
            for (int k = 0; k < DEPTHS.length; k++) {
                int[] depths = DEPTHS[k];
                int level = depths.length - 1;
                while (depths[level] == 0) {
                    level--;
                }
                int domain = model.domain(cpu, level);
                assertThat(machine.count(asker, cpu, POWER_STATES[k]))
                        .as("STAT_COUNT of 0x%x on CPU %d", POWER_STATES[k], cpu)
                        .isEqualTo(model.counts[domain][depths[level]]);
                assertThat(machine.residency(asker, cpu, POWER_STATES[k]))
                        .as("STAT_RESIDENCY of 0x%x on CPU %d", POWER_STATES[k], cpu)
                        .isEqualTo(model.ticks[domain][depths[level]] * 2 / 125);
            }
        }
    }
}
