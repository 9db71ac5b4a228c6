package dev.trapline.machine.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlace;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.MachineFault.Targets;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What goes wrong by a plan at moments and with inputs.
class PlannedUpsetsTest {

    private static final VcpuId CPU1 = new VcpuId(1);
    private static final MachineSpec FOUR = MachineSpec.DEFAULT.with(CpuSpec.DEFAULT.withCount(4));
    private static final MachineFault WAKE = new MachineFault.SpuriousWakeUp(Targets.of(CPU1));
    private static final MachineFault HOLD = new MachineFault.Held(Targets.of(CPU1), 5);

    /// A boundary in front of a slice, in a round.
    private record Here(long slices, long round, int receiverRoom) implements Choices.Place {
        @Override
        public ChoicePoint point() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean receivesFrame() {
            return receiverRoom > 0;
        }

        @Override
        public boolean receiverIsEmpty() {
            return true;
        }
    }

    private static Here at(long slices, long round) {
        return new Here(slices, round, 100);
    }

    private static PlannedFaults of(FaultPlace where, Occasion when, MachineFault what) {
        return new PlannedFaults(FaultPlan.of(new FaultRule("a", where, when, what)), FOUR, 0, Choices.defaults());
    }

    private static List<Injection> taken(Choices choices, Choices.Place here) {
        List<Injection> taken = new ArrayList<>();
        for (JournalRecord.Arrival next = choices.arrival(here); next != null; next = choices.arrival(here)) {
            if (next instanceof JournalRecord.Injected(Injection what)) {
                taken.add(what);
            }
        }
        return taken;
    }

    /// The times up to a limit at which a plan has its fault, as a machine asks for them.
    private static List<Long> times(Choices choices, long limit) {
        List<Long> times = new ArrayList<>();
        for (long now = 0; now < limit; now = choices.arrivalBetween(now, limit, false)) {
            for (int n = taken(choices, at(now, now)).size(); n > 0; n--) {
                times.add(now);
            }
        }
        return times;
    }

    private static Moments every(long first, long interval) {
        return new Moments(new Moment.AtTime(first), interval);
    }

    @Test
    void momentsComeAtTheirTimesAndTheOccasionChoosesAmongThem() {
        assertThat(times(of(every(0, 10), Occasion.ALWAYS, WAKE), 40)).containsExactly(0L, 10L, 20L, 30L);
        assertThat(times(of(every(7, 0), Occasion.ALWAYS, WAKE), 40)).containsExactly(7L);
        assertThat(times(of(every(5, 10), Occasion.nth(2), WAKE), 60)).containsExactly(15L);
        assertThat(times(of(every(5, 10), Occasion.ALWAYS.every(2), WAKE), 60)).containsExactly(15L, 35L, 55L);
        assertThat(times(of(every(5, 10), Occasion.ALWAYS.atMost(2), WAKE), 60)).containsExactly(5L, 15L);
        assertThat(times(of(every(5, 10), Occasion.ALWAYS.from(new Moment.AtTime(20)), WAKE), 50))
                .containsExactly(25L, 35L, 45L);
        assertThat(times(of(every(5, 10), Occasion.nth(2).from(new Moment.AtTime(20)), WAKE), 50))
                .as("counted from there on")
                .containsExactly(35L);
        assertThatThrownBy(() -> of(every(5, 10), Occasion.ALWAYS.until(new Moment.AtSlice(7)), WAKE))
                .hasMessageStartingWith("'from' and 'until' of a fault at times are times");
        assertThat(times(of(every(5, 10), Occasion.ALWAYS.until(new Moment.AtTime(25)), WAKE), 50))
                .containsExactly(5L, 15L);
    }

    @Test
    void momentsBeforeThePartThatCountsAreNoneOfIt() {
        FaultPlan plan = FaultPlan.of(new FaultRule("a", every(5, 10), Occasion.nth(2), WAKE));
        assertThat(times(new PlannedFaults(plan, FOUR, 0, 15, Choices.defaults()), 60))
                .as("the first one counts from there on, and is at its beginning")
                .containsExactly(25L);
        assertThat(times(new PlannedFaults(plan, FOUR, 0, 16, Choices.defaults()), 60))
                .containsExactly(35L);
    }

    @Test
    void aProbabilityChoosesTheSameMomentsHoweverOftenTheyAreAskedFor() {
        Occasion half = Occasion.ALWAYS.withProbability(0.5);
        List<Long> once = times(of(every(0, 10), half, WAKE), 100_000);
        assertThat(once).hasSizeBetween(4_700, 5_300);
        PlannedFaults asked = of(every(0, 10), half, WAKE);
        List<Long> found = new ArrayList<>();
        for (long now = 0; now < 100_000; now += 10) {
            asked.arrivalBetween(now - 1, now + 500, false);
            for (int n = taken(asked, at(now, now)).size(); n > 0; n--) {
                found.add(now);
            }
        }
        assertThat(found).isEqualTo(once);
    }

    @Test
    void aMomentOfASliceComesInFrontOfIt() {
        PlannedFaults choices = of(Moments.once(new Moment.AtSlice(3)), Occasion.ALWAYS, HOLD);
        assertThat(taken(choices, at(2, 50))).isEmpty();
        assertThat(taken(choices, at(3, 60))).containsExactly(new Injection.Hold(CPU1, 5));
        assertThat(taken(choices, at(4, 70))).as("once").isEmpty();
    }

    @Test
    void afterAnotherFaultMeansFromItsTimeOn() {
        FaultPlan plan = FaultPlan.of(
                new FaultRule("second", every(0, 10), Occasion.ALWAYS.after("first"), WAKE),
                new FaultRule("first", every(25, 0), Occasion.ALWAYS, HOLD));
        PlannedFaults choices = new PlannedFaults(plan, FOUR, 0, Choices.defaults());
        assertThat(times(choices, 60)).containsExactly(25L, 30L, 40L, 50L);
    }

    @Test
    void nothingHappensAtMomentsOfTheRecordedPartThatTheRecordingDoesNotHave() {
        PlannedFaults choices = of(every(5, 10), Occasion.ALWAYS, WAKE);
        choices.passOver(new JournalRecord.Injected(new Injection.WakeUp(CPU1)), at(1, 5));
        choices.recorded(new ChoicePoint(CPU1, 35, 35), 2, new Turn(CPU1, 5));
        assertThat(taken(choices, at(4, 40))).as("15, 25 and 35 are over").isEmpty();
        assertThat(choices.arrivalBetween(40, 100, false)).isEqualTo(45);
        assertThat(taken(choices, at(5, 45))).hasSize(1);
    }

    @Test
    void aFaultThatARecordingEndsBeforeHappensWhenTheRunIsLive() {
        PlannedFaults choices = of(every(5, 10), Occasion.ALWAYS, WAKE);
        choices.passOver(new JournalRecord.Injected(new Injection.WakeUp(CPU1)), at(1, 5));
        assertThat(taken(choices, at(2, 15)))
                .as("the round began for it, and the record of it is not there")
                .containsExactly(new Injection.WakeUp(CPU1));
    }

    @Test
    void aMomentBetweenTheLastRecordedTurnAndALateRoundIsNotLost() {
        PlannedFaults choices = of(every(5, 10), Occasion.ALWAYS, WAKE);
        choices.recorded(new ChoicePoint(CPU1, 30, 25), 2, new Turn(CPU1, 5));
        assertThat(taken(choices, at(4, 38)))
                .as("that of 35, for which a round began late: those before are over")
                .hasSize(1);
    }

    @Test
    void aMachineThatNothingElseWakesIsLeftAloneByFaultsThatDoNotWakeIt() {
        assertThat(of(every(5, 10), Occasion.ALWAYS, HOLD).arrivalBetween(0, Choices.NEVER, true))
                .isEqualTo(Choices.NEVER);
        PlannedFaults waking = of(every(5, 10), Occasion.ALWAYS, WAKE);
        taken(waking, at(9, 0));
        long now = 0;
        int moments = 0;
        while (now != Choices.NEVER && moments < 100_000) {
            now = waking.arrivalBetween(now, Choices.NEVER, true);
            moments += now == Choices.NEVER ? 0 : taken(waking, at(9, now)).size();
        }
        assertThat(moments).as("in a row without an instruction").isEqualTo(1_000);
    }

    @Test
    void momentsThatAreNotChosenCostNothing() {
        Occasion rare = Occasion.ALWAYS.withProbability(1e-15);
        assertThat(of(every(0, 1), rare, WAKE).arrivalBetween(0, Choices.NEVER, true))
                .as("of 10^15 ticks, about one")
                .isGreaterThan(1_000_000_000L);
        Occasion late = Occasion.ALWAYS.from(new Moment.AtTime(1L << 50)).every(1L << 40);
        assertThat(of(every(0, 1), late, WAKE).arrivalBetween(0, Choices.NEVER, true))
                .isEqualTo((1L << 50) + (1L << 40) - 1);
        assertThat(of(every(0, 1L << 40), Occasion.nth(1L << 40), WAKE).arrivalBetween(0, Choices.NEVER, true))
                .as("beyond all time")
                .isEqualTo(Choices.NEVER);
        PlannedFaults slept = of(every(0, 1), Occasion.ALWAYS.every(1L << 40), HOLD);
        taken(slept, at(0, 0));
        assertThat(taken(slept, at(1, 5L << 40))).as("after a long sleep").hasSize(5);
        assertThat(slept.left().faults().getFirst().met()).isEqualTo((5L << 40) + 1);
    }

    @Test
    void aGuestThatExecutesNothingIsLeftAloneAfterAThousandFaults() {
        PlannedFaults choices = of(every(0, 1), Occasion.ALWAYS, HOLD);
        taken(choices, at(0, 0));
        assertThat(taken(choices, at(3, 5_000))).hasSize(1_000);
        assertThat(choices.arrivalBetween(5_000, 9_000, false)).isEqualTo(Choices.NEVER);
        assertThat(taken(choices, at(4, 5_001))).as("behind the next slice").hasSize(1);
    }

    @Test
    void whatAPlanLeavesOpenIsDrawnFromAllThatItNames() {
        MachineFault flips = new MachineFault.FlippedMemory(0x4000_0000L, 0x4000_000fL, 0);
        TreeSet<String> seen = new TreeSet<>();
        for (Injection flip : manyOf(flips)) {
            seen.add(String.valueOf(flip));
        }
        assertThat(seen).as("16 bytes of 8 bits").hasSize(128);
        MachineFault registers =
                new MachineFault.FlippedRegister(Targets.USUAL, MachineFault.FlippedRegister.ANY_REGISTER, 1);
        seen.clear();
        for (Injection flip : manyOf(registers)) {
            seen.add(String.valueOf(flip));
        }
        assertThat(seen).as("31 registers of 4 vCPUs").hasSize(124);
        assertThat(taken(of(every(1, 0), Occasion.ALWAYS, new MachineFault.Held(Targets.ALL, 7)), at(1, 1)))
                .extracting(Injection::vcpu)
                .containsExactly(new VcpuId(0), CPU1, new VcpuId(2), new VcpuId(3));
    }

    private static List<Injection> manyOf(MachineFault fault) {
        PlannedFaults choices = of(every(1, 1), Occasion.ALWAYS, fault);
        taken(choices, at(0, 0));
        return taken(choices, at(1, 3_000));
    }

    /// Inputs that come at once.
    private static final class Typed implements Choices {
        private final Deque<JournalRecord.Arrival> left = new ArrayDeque<>();

        private Typed(String... typed) {
            for (String each : typed) {
                left.add(new JournalRecord.ConsoleInput(Bytes.copyOf(each.getBytes(StandardCharsets.US_ASCII))));
            }
        }

        @Override
        public JournalRecord.@Nullable Arrival arrival(Place here) {
            return left.poll();
        }

        @Override
        public Bytes entropy(EntropyKey asked, int bytes) {
            return Bytes.copyOf(new byte[bytes]);
        }
    }

    private static PlannedFaults of(InputPattern.Kind kind, Occasion when, InputFault what, Choices others) {
        FaultRule rule = new FaultRule("a", new InputPattern(kind), when, what);
        return new PlannedFaults(FaultPlan.of(rule), FOUR, 0, others);
    }

    private static List<String> typed(Choices choices, Choices.Place here) {
        List<String> typed = new ArrayList<>();
        for (JournalRecord.Arrival next = choices.arrival(here); next != null; next = choices.arrival(here)) {
            if (next instanceof JournalRecord.ConsoleInput(Bytes bytes)) {
                typed.add(new String(bytes.toArray(), StandardCharsets.ISO_8859_1));
            }
        }
        return typed;
    }

    @Test
    void anInputIsDroppedCorruptedOrDoubled() {
        Occasion second = Occasion.nth(2);
        InputPattern.Kind console = InputPattern.Kind.CONSOLE;
        assertThat(typed(of(console, second, InputFault.DROPPED, new Typed("a", "b", "c")), at(0, 0)))
                .containsExactly("a", "c");
        assertThat(typed(of(console, second, InputFault.DOUBLED, new Typed("a", "b", "c")), at(0, 0)))
                .containsExactly("a", "b", "b", "c");
        List<String> corrupted = typed(of(console, second, InputFault.CORRUPTED, new Typed("a", "b", "c")), at(0, 0));
        assertThat(corrupted).hasSize(3).startsWith("a").endsWith("c");
        assertThat(Integer.bitCount(corrupted.get(1).charAt(0) ^ 'b'))
                .as("wrong bits")
                .isEqualTo(1);
    }

    @Test
    void aCopyWaitsUntilItsReceiverHasRoom() {
        Choices choices = of(InputPattern.Kind.CONSOLE, Occasion.nth(1), InputFault.DOUBLED, new Typed("ab"));
        assertThat(typed(choices, new Here(0, 0, 1))).containsExactly("ab");
        assertThat(typed(choices, new Here(1, 9, 1))).isEmpty();
        assertThat(typed(choices, new Here(2, 9, 2))).containsExactly("ab");
    }

    @Test
    void aRuleForOneKindOfInputLeavesTheOthersAlone() {
        Choices network = of(InputPattern.Kind.NETWORK, Occasion.ALWAYS, InputFault.DROPPED, new Typed("a"));
        assertThat(typed(network, at(0, 0))).containsExactly("a");
        Choices entropy = of(InputPattern.Kind.ENTROPY, Occasion.nth(2), InputFault.DROPPED, new Typed());
        assertThat(List.of(
                        entropy.entropy(new EntropyKey("trng", 1), 8).size(),
                        entropy.entropy(new EntropyKey("trng", 2), 8).size(),
                        entropy.entropy(new EntropyKey("trng", 3), 8).size()))
                .containsExactly(8, 0, 8);
    }

    @Test
    void aFaultIsPossibleOnlyAtItsPlaces() {
        CallFault call = new CallFault.Refused(RegisterWrites.x0(-1));
        Moments moment = every(5, 0);
        InputPattern console = new InputPattern(InputPattern.Kind.CONSOLE);
        InputPattern entropy = new InputPattern(InputPattern.Kind.ENTROPY);
        assertThat(List.of(
                        CallPattern.ANY.takes(call),
                        CallPattern.ANY.takes(WAKE),
                        CallPattern.ANY.takes(InputFault.DROPPED),
                        moment.takes(call),
                        moment.takes(WAKE),
                        moment.takes(InputFault.DROPPED),
                        console.takes(call),
                        console.takes(WAKE),
                        console.takes(InputFault.DOUBLED),
                        entropy.takes(InputFault.DOUBLED),
                        entropy.takes(InputFault.DROPPED)))
                .containsExactly(true, true, false, false, true, false, false, false, true, false, true);
        assertThatThrownBy(() -> new FaultRule("a", moment, Occasion.ALWAYS, call))
                .hasMessageStartingWith("no fault like this one happens there");
        assertThatThrownBy(() -> new Moments(new Moment.AtSlice(1), 5)).isInstanceOf(IllegalArgumentException.class);
    }
}
