package dev.trapline.machine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    @Test
    void roundRobinTakesTheNextRunnableInOrder() {
        Scheduler scheduler = Scheduler.of(Schedule.ROUND_ROBIN, 20_000, 0);
        assertThat(choices(scheduler, 0b1011, 6)).containsExactly(0, 1, 3, 0, 1, 3);
        assertThat(choices(scheduler, 0b0100, 2)).containsExactly(2, 2);
        assertThat(choices(scheduler, 0b0111, 2)).as("after 2 comes 0").containsExactly(0, 1);
        assertThat(scheduler.length()).isEqualTo(20_000);
    }

    @Test
    void roundRobinReachesTheSixtyFourthVcpuAndComesBack() {
        Scheduler scheduler = Scheduler.of(Schedule.ROUND_ROBIN, 1, 0);
        assertThat(choices(scheduler, -1L, 65))
                .isEqualTo(IntStream.rangeClosed(0, 64).map(i -> i % 64).boxed().toList());
    }

    /// The generator is named in every recording: its sequence is the published one of SplitMix64 for this seed.
    @Test
    void theGeneratorIsSplitMix64() {
        SplitMix64 generator = new SplitMix64(1234567);
        assertThat(List.of(generator.next(), generator.next(), generator.next(), generator.next(), generator.next()))
                .extracting(Long::toUnsignedString)
                .containsExactly(
                        "6457827717110365317",
                        "3203168211198807973",
                        "9817491932198370423",
                        "4593380528125082431",
                        "16408922859458223821");
    }

    @Property
    void theRandomScheduleChoosesOnlyTheRunnableAndStaysWithinTheBudget(
            @ForAll long seed, @ForAll long set, @ForAll @LongRange(min = 1, max = 10_000_000) long budget) {
        long runnable = set == 0 ? 1 : set;
        Scheduler scheduler = Scheduler.of(Schedule.RANDOM, budget, seed);
        for (int i = 0; i < 50; i++) {
            assertThat(runnable >>> scheduler.choose(runnable) & 1)
                    .as("the chosen one can run")
                    .isOne();
            assertThat(scheduler.length()).isBetween(1L, budget);
        }
    }

    @Test
    void theSameSeedGivesTheSameScheduleAndAnotherSeedAnother() {
        assertThat(turns(7)).isEqualTo(turns(7)).isNotEqualTo(turns(8));
    }

    @Test
    void shortSlicesAreAsCommonAsLongOnes() {
        Scheduler scheduler = Scheduler.of(Schedule.RANDOM, 1 << 14, 42);
        int[] byMagnitude = new int[15];
        for (int i = 0; i < 15_000; i++) {
            byMagnitude[63 - Long.numberOfLeadingZeros(scheduler.length())]++;
        }
        for (int magnitude = 0; magnitude < 15; magnitude++) {
            assertThat(byMagnitude[magnitude])
                    .as("slices of about 2^" + magnitude + " among 15 000")
                    .isBetween(850, 1150);
        }
    }

    @Test
    void oneInSixteenIsPassedOverInTheRandomScheduleAndNobodyInRoundRobin() {
        Scheduler random = Scheduler.of(Schedule.RANDOM, 20_000, 5);
        Scheduler roundRobin = Scheduler.of(Schedule.ROUND_ROBIN, 20_000, 5);
        long passedOver =
                IntStream.range(0, 16_000).filter(_ -> random.passesOver()).count();
        assertThat(passedOver).as("of 16 000").isBetween(850L, 1150L);
        assertThat(IntStream.range(0, 1_000).filter(_ -> roundRobin.passesOver()))
                .isEmpty();
    }

    private static List<Integer> choices(Scheduler scheduler, long runnable, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> scheduler.choose(runnable))
                .toList();
    }

    private static List<Long> turns(long seed) {
        Scheduler scheduler = Scheduler.of(Schedule.RANDOM, 20_000, seed);
        List<Long> turns = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            turns.add((long) scheduler.choose(0b1111));
            turns.add(scheduler.length());
        }
        return turns;
    }
}
