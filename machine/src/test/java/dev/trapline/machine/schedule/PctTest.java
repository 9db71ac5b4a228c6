package dev.trapline.machine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PctTest {

    private static final long QUANTUM = 1_000;

    @Property
    void onlyVcpusThatCanRunGetTurnsWithinARound(
            @ForAll long seed,
            @ForAll long set,
            @ForAll @IntRange(min = 1, max = 100) int depth,
            @ForAll @LongRange(min = 1, max = 1L << 40) long span) {
        long ready = set == 0 ? 1 : set;
        Pct pct = Pct.of(QUANTUM, seed, depth, 0, span, 64);
        for (int i = 0; i < 50; i++) {
            ChoicePoint asked = new ChoicePoint(new VcpuId(i), span * i / 50, span * i / 50 / QUANTUM * QUANTUM);
            Turn turn = pct.next(asked, ready);
            assertThat(turn.vcpu().bit() & ready).as("it can run").isNotZero();
            assertThat(turn.length()).isBetween(1L, QUANTUM);
            assertThat(Pct.of(QUANTUM, seed, depth, 0, span, 64).next(asked, ready))
                    .as("whatever was asked before")
                    .isEqualTo(turn);
        }
    }

    @Test
    void atDepthOneEachRoundHasTheSameOrderAndNobodyIsInterrupted() {
        Pct pct = Pct.of(QUANTUM, 7, 1, 0, 1_000_000, 4);
        List<Integer> first = round(pct, 0);
        assertThat(new TreeSet<>(first)).as("each vCPU once").hasSize(4);
        for (long begins = QUANTUM; begins < 20 * QUANTUM; begins += QUANTUM) {
            assertThat(round(pct, begins)).isEqualTo(first);
        }
    }

    private static List<Integer> round(Pct pct, long begins) {
        long ready = 0b1111;
        List<Integer> order = new ArrayList<>();
        int last = 3;
        while (ready != 0) {
            Turn turn = pct.next(new ChoicePoint(new VcpuId(last), begins, begins), ready);
            assertThat(turn.length()).as("all of the round").isEqualTo(QUANTUM);
            last = turn.vcpu().index();
            order.add(last);
            ready &= ~turn.vcpu().bit();
        }
        return order;
    }

    @Test
    void allOrdersOfThreeVcpusAreAsLikely() {
        int[] counts = new int[3 * 3 * 3];
        for (long seed = 0; seed < 6_000; seed++) {
            long ready = 0b111;
            int order = 0;
            int last = 2;
            while (ready != 0) {
                last = Pct.of(QUANTUM, seed, 1, 0, 1, 3)
                        .next(new ChoicePoint(new VcpuId(last), 0, 0), ready)
                        .vcpu()
                        .index();
                order = order * 3 + last;
                ready &= ~(1L << last);
            }
            counts[order]++;
        }
        assertThat(Arrays.stream(counts).filter(count -> count > 0).boxed())
                .as("the six orders, each about 1000 times")
                .hasSize(6)
                .allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }

    @Test
    void aChangeInterruptsItsVcpuWhichIsLastFromThereOn() {
        Pct pct = new Pct(QUANTUM, 3, List.of(new Pct.Change(400, 1)));
        int favourite =
                pct.next(new ChoicePoint(new VcpuId(0), 0, 0), 0b10).vcpu().index();
        assertThat(favourite).as("it alone can run").isEqualTo(1);
        assertThat(pct.next(new ChoicePoint(new VcpuId(0), 0, 0), 0b10).length())
                .as("up to the change")
                .isEqualTo(400);
        assertThat(pct.next(new ChoicePoint(new VcpuId(1), 400, 0), 0b11).vcpu())
                .as("the other one is next, whatever their priorities were")
                .isEqualTo(new VcpuId(0));
        assertThat(pct.next(new ChoicePoint(new VcpuId(1), 400, 0), 0b10).length())
                .as("alone, it goes on to the end of the round")
                .isEqualTo(QUANTUM);
    }

    @Test
    void jitterKeepsTheOrderOfRoundRobin() {
        Scheduler jitter = new Scheduler.Jitter(QUANTUM, 5);
        Scheduler inOrder = new Scheduler.RoundRobin(QUANTUM);
        TreeSet<Long> lengths = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            ChoicePoint asked = new ChoicePoint(new VcpuId(i % 4), 17L * i, 0);
            Turn turn = jitter.next(asked, 0b1101);
            assertThat(turn.vcpu()).isEqualTo(inOrder.next(asked, 0b1101).vcpu());
            assertThat(turn.length()).isBetween(1L, QUANTUM);
            lengths.add(turn.length());
        }
        assertThat(lengths).as("different lengths").hasSizeGreaterThan(50);
    }
}
