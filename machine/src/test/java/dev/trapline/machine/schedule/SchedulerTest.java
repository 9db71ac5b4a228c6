package dev.trapline.machine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
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
        assertThat(chosen(scheduler, 3, 0b1011, 6)).containsExactly(0, 1, 3, 0, 1, 3);
        assertThat(chosen(scheduler, 3, 0b0100, 2)).containsExactly(2, 2);
        assertThat(chosen(scheduler, 2, 0b0111, 2)).as("0 follows 2").containsExactly(0, 1);
        assertThat(scheduler.next(point(0, 0), 1).length()).as("all of a round").isEqualTo(20_000);
    }

    @Test
    void roundRobinReachesTheSixtyFourthVcpuAndComesBack() {
        Scheduler scheduler = Scheduler.of(Schedule.ROUND_ROBIN, 1, 0);
        assertThat(chosen(scheduler, 63, -1L, 65))
                .isEqualTo(IntStream.rangeClosed(0, 64).map(i -> i % 64).boxed().toList());
    }

    /// The sequence is the published one of SplitMix64 for this seed.
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
            Turn turn = scheduler.next(point(i, 17L * i), runnable);
            assertThat(turn.vcpu().bit() & runnable)
                    .as("the chosen one can run")
                    .isNotZero();
            assertThat(turn.length()).as("0 skips the vCPU").isBetween(0L, budget);
            assertThat(turn.length() == 0 && Long.bitCount(runnable) == 1)
                    .as("the only one is skipped")
                    .isFalse();
        }
    }

    /// A choice depends only on its arguments, and not on earlier choices.
    @Property
    void theSameQuestionHasTheSameAnswerWhateverWasAskedBefore(
            @ForAll long seed, @ForAll @LongRange(min = 0, max = 1L << 60) long at, @ForAll long set) {
        long runnable = set == 0 ? 1 : set;
        ChoicePoint asked = new ChoicePoint(new VcpuId((int) (at & 63)), at, at / 2);
        Scheduler fresh = Scheduler.of(Schedule.RANDOM, 20_000, seed);
        Scheduler used = Scheduler.of(Schedule.RANDOM, 20_000, seed);
        turns(used);
        assertThat(used.next(asked, runnable)).isEqualTo(fresh.next(asked, runnable));
    }

    @Test
    void theSameSeedGivesTheSameScheduleAndAnotherSeedAnother() {
        assertThat(turns(random(7))).isEqualTo(turns(random(7))).isNotEqualTo(turns(random(8)));
    }

    /// A choice depends on each argument: turns at another time, after another vCPU, or in another round are chosen
    /// independently.
    @Test
    void eachPartOfTheQuestionTellsItFromOthers() {
        Scheduler scheduler = random(3);
        List<Turn> byClock = new ArrayList<>();
        List<Turn> byVcpu = new ArrayList<>();
        List<Turn> byRound = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            byClock.add(scheduler.next(new ChoicePoint(new VcpuId(0), i, 0), -1L));
            byVcpu.add(scheduler.next(new ChoicePoint(new VcpuId(i), 0, 0), -1L));
            byRound.add(scheduler.next(new ChoicePoint(new VcpuId(0), 0, i), -1L));
        }
        assertThat(List.of(byClock, byVcpu, byRound))
                .allSatisfy(turns -> assertThat(turns.stream().distinct().count())
                        .as("64 questions")
                        .isGreaterThan(56));
    }

    @Test
    void shortSlicesAreAsCommonAsLongOnes() {
        Scheduler scheduler = Scheduler.of(Schedule.RANDOM, 1 << 14, 42);
        int[] byMagnitude = new int[15];
        for (int i = 0; i < 15_000; i++) {
            byMagnitude[
                    63
                            - Long.numberOfLeadingZeros(
                                    scheduler.next(point(0, i), 1).length())]++;
        }
        for (int magnitude = 0; magnitude < 15; magnitude++) {
            assertThat(byMagnitude[magnitude])
                    .as("slices of about 2^" + magnitude + " among 15 000")
                    .isBetween(850, 1150);
        }
    }

    @Test
    void eachVcpuIsChosenAsOftenAsAnother() {
        int[] byVcpu = new int[4];
        for (int i = 0; i < 16_000; i++) {
            byVcpu[random(9).next(point(0, i), 0b1111).vcpu().index()]++;
        }
        assertThat(byVcpu)
                .as("of 16 000")
                .satisfies(counts ->
                        IntStream.of(counts).forEach(count -> assertThat(count).isBetween(3700, 4300)));
    }

    @Test
    void oneInSixteenIsPassedOverInTheRandomScheduleAndNobodyInRoundRobin() {
        Scheduler roundRobin = Scheduler.of(Schedule.ROUND_ROBIN, 20_000, 5);
        assertThat(passedOver(random(5), 0b11, 16_000)).as("of 16 000").isBetween(850L, 1150L);
        assertThat(passedOver(random(5), 0b10, 16_000)).as("of one alone").isZero();
        assertThat(passedOver(roundRobin, 0b11, 1_000)).isZero();
    }

    private static long passedOver(Scheduler scheduler, long ready, int count) {
        return IntStream.range(0, count)
                .filter(i -> scheduler.next(point(0, i), ready).length() == 0)
                .count();
    }

    private static Scheduler random(long seed) {
        return Scheduler.of(Schedule.RANDOM, 20_000, seed);
    }

    private static ChoicePoint point(int after, long at) {
        return new ChoicePoint(new VcpuId(after & 63), at, at / 20_000 * 20_000);
    }

    private static List<Integer> chosen(Scheduler scheduler, int after, long runnable, int count) {
        List<Integer> chosen = new ArrayList<>();
        int last = after;
        for (int i = 0; i < count; i++) {
            last = scheduler.next(point(last, i), runnable).vcpu().index();
            chosen.add(last);
        }
        return chosen;
    }

    private static List<Turn> turns(Scheduler scheduler) {
        return IntStream.range(0, 100)
                .mapToObj(i -> scheduler.next(point(i, 31L * i), 0b1111))
                .toList();
    }
}
