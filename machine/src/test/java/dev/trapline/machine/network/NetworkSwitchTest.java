package dev.trapline.machine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NetworkSwitchTest {

    /// 1 ms.
    private static final long DELAY = 62_500;

    private static final long QUANTUM = 20_000;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    /// A thread for each machine: all of them may wait at once.
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private final NetworkSwitch network = new NetworkSwitch();

    private SwitchPort port(int number) {
        return network.plug(mac(number));
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x0200_0000_0000L + number);
    }

    /// A frame of 60 bytes.
    private static Bytes frame(long destination, int content) {
        byte[] frame = new byte[60];
        for (int k = 0; k < 6; k++) {
            frame[k] = (byte) (destination >>> (40 - 8 * k));
        }
        frame[59] = (byte) content;
        return Bytes.copyOf(frame);
    }

    /// A machine runs a round of the usual length.
    private static long round(SwitchPort port, long begins) {
        return port.arrivalBetween(begins, begins + QUANTUM, false, () -> false);
    }

    /// What another thread finds.
    private static CompletableFuture<Long> between(SwitchPort port, long after, long until, boolean idle) {
        return CompletableFuture.supplyAsync(() -> port.arrivalBetween(after, until, idle, () -> false), THREADS);
    }

    private static List<Bytes> taken(SwitchPort port, long moment) {
        List<Bytes> taken = new ArrayList<>();
        for (Bytes next = port.next(moment, true); next != null; next = port.next(moment, true)) {
            taken.add(next);
        }
        return taken;
    }

    @Test
    void aFrameArrivesAMillisecondAfterItWasSent() {
        SwitchPort one = port(1);
        SwitchPort two = port(2);
        assertThat(round(one, 0)).isEqualTo(SwitchPort.NEVER);
        assertThat(round(two, 0)).isEqualTo(SwitchPort.NEVER);
        one.send(frame(mac(2).bits(), 7), 19_000);
        round(one, 40_000);
        round(two, 40_000);
        round(one, 80_000);
        assertThat(round(two, 80_000)).isEqualTo(19_000 + DELAY);
        assertThat(round(two, 19_000 + DELAY))
                .as("what has arrived does not end the round")
                .isEqualTo(SwitchPort.NEVER);
        assertThat(taken(two, 19_000 + DELAY - 1)).isEmpty();
        assertThat(taken(two, 19_000 + DELAY)).containsExactly(frame(mac(2).bits(), 7));
        assertThat(round(two, 19_000 + DELAY)).isEqualTo(SwitchPort.NEVER);
    }

    @Test
    void aFrameReachesTheMachineOfItsDestinationOrAllOthers() {
        List<SwitchPort> ports = List.of(port(1), port(2), port(3));
        ports.forEach(port -> round(port, 0));
        ports.getFirst().send(frame(mac(3).bits(), 1), 0);
        ports.getFirst().send(frame(BROADCAST, 2), 0);
        ports.getFirst().send(frame(0x0100_5e00_0001L, 3), 0);
        ports.getFirst().send(frame(mac(9).bits(), 4), 0);
        ports.getFirst().send(frame(mac(1).bits(), 5), 0);
        assertThat(contents(ports.get(0))).as("the sender").isEmpty();
        assertThat(contents(ports.get(1)))
                .as("all, a group, and an address that nobody has")
                .containsExactly(2, 3, 4);
        assertThat(contents(ports.get(2))).as("its own, too").containsExactly(1, 2, 3, 4);
    }

    private static List<Integer> contents(SwitchPort port) {
        return taken(port, DELAY).stream().map(frame -> (int) frame.at(59)).toList();
    }

    @Test
    void framesForWhichAMachineHasNoRoomAreCounted() {
        SwitchPort one = port(1);
        SwitchPort two = port(2);
        round(one, 0);
        round(two, 0);
        for (int k = 0; k < 1_030; k++) {
            one.send(frame(mac(2).bits(), k), 0);
        }
        assertThat(two.dropped()).as("1024 can be on their way").isEqualTo(6);
        assertThat(two.next(DELAY - 1, false)).as("nothing has arrived").isNull();
        assertThat(two.next(DELAY, true)).isEqualTo(frame(mac(2).bits(), 0));
        assertThat(two.next(DELAY, false)).isNull();
        assertThat(two.dropped()).as("without room, all that have arrived").isEqualTo(6 + 1_023);
        assertThat(one.dropped()).isZero();
    }

    @Test
    void twoInterfacesHaveTwoAddresses() {
        port(1);
        assertThatThrownBy(() -> port(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("02:00:00:00:00:01", "machine.mac-address");
    }

    @Test
    void anAddressIsFreeWhenItsMachineHasEnded() {
        port(1).unplug();
        port(1);
    }

    @Test
    void aMachineWaitsForOneThatIsAMillisecondBehind() {
        SwitchPort slow = port(1);
        SwitchPort fast = port(2);
        round(slow, 0);
        round(fast, 0);
        round(fast, 40_000);
        CompletableFuture<Long> next = between(fast, 60_000, 80_000, false);
        slow.send(frame(BROADCAST, 1), 2_000);
        assertThat(next.isDone())
                .as("what was sent at 2 000 is known, but not what comes after")
                .isFalse();
        round(slow, 20_000);
        assertThat(next.join()).isEqualTo(2_000 + DELAY);
    }

    @Test
    void nobodyWaitsForAMachineThatDoesNothing() {
        SwitchPort idle = port(1);
        SwitchPort busy = port(2);
        round(idle, 0);
        round(busy, 0);
        CompletableFuture<Long> wakes = between(idle, 20_000, 1_000_000, true);
        for (long now = 20_000; now < 1_000_000; now += QUANTUM) {
            assertThat(round(busy, now)).isEqualTo(SwitchPort.NEVER);
        }
        assertThat(wakes.join()).as("nothing arrived").isEqualTo(SwitchPort.NEVER);
    }

    @Test
    void aFrameEndsTheWaitOfAMachineThatDoesNothing() {
        SwitchPort idle = port(1);
        SwitchPort busy = port(2);
        round(idle, 0);
        round(busy, 0);
        CompletableFuture<Long> wakes = between(idle, 20_000, SwitchPort.NEVER, true);
        busy.send(frame(mac(1).bits(), 1), 30_000);
        round(busy, 40_000);
        assertThat(wakes.join()).isEqualTo(30_000 + DELAY);
    }

    @Test
    void machinesThatAllDoNothingFindThatNothingWillEverArrive() {
        SwitchPort one = port(1);
        SwitchPort two = port(2);
        round(one, 0);
        round(two, 0);
        CompletableFuture<Long> first = between(one, 20_000, SwitchPort.NEVER, true);
        CompletableFuture<Long> second = between(two, 20_000, SwitchPort.NEVER, true);
        assertThat(first.join()).isEqualTo(SwitchPort.NEVER);
        assertThat(second.join()).isEqualTo(SwitchPort.NEVER);
    }

    @Test
    void aRoundThatIsLongerThanTheDelayIsCutToIt() {
        SwitchPort one = port(1);
        SwitchPort two = port(2);
        round(one, 0);
        assertThat(two.arrivalBetween(0, 1_000_000, false, () -> false)).isEqualTo(DELAY);
    }

    @Test
    void aMachineThatMustNotWaitGoesOnForATick() {
        SwitchPort slow = port(1);
        SwitchPort fast = port(2);
        round(slow, 0);
        round(fast, 0);
        AtomicBoolean hurried = new AtomicBoolean();
        CompletableFuture<Long> next =
                CompletableFuture.supplyAsync(() -> fast.arrivalBetween(60_000, 80_000, false, hurried::get), THREADS);
        hurried.set(true);
        fast.wake();
        assertThat(next.join()).isEqualTo(60_001);
    }

    @Test
    void nobodyWaitsForAMachineThatHasEnded() {
        SwitchPort slow = port(1);
        SwitchPort fast = port(2);
        round(slow, 0);
        round(fast, 0);
        CompletableFuture<Long> next = between(fast, 60_000, 80_000, false);
        slow.unplug();
        assertThat(next.join()).isEqualTo(SwitchPort.NEVER);
    }

    @Test
    void nobodyBeginsBeforeAllMembersHaveJoined() {
        NetworkSwitch pair = new NetworkSwitch(2);
        SwitchPort one = pair.plug(mac(1));
        SwitchPort two = pair.plug(mac(2));
        CompletableFuture<Long> first = between(one, 0, QUANTUM, false);
        assertThat(first.isDone()).isFalse();
        round(two, 0);
        assertThat(first.join()).isEqualTo(SwitchPort.NEVER);
    }

    /// The machine is at 0, and the switch at 500 000.
    @Test
    void aMachineThatJoinsLaterContinuesAtTheTimeOfTheOthers() {
        SwitchPort early = port(1);
        round(early, 500_000);
        SwitchPort late = port(2);
        assertThat(round(late, 0)).isEqualTo(SwitchPort.NEVER);
        late.send(frame(mac(1).bits(), 1), 10_000);
        early.send(frame(mac(2).bits(), 2), 520_000);
        round(late, 40_000);
        assertThat(round(early, 560_000)).isEqualTo(510_000 + DELAY);
        assertThat(taken(early, 510_000 + DELAY)).hasSize(1);
        assertThat(taken(late, 20_000 + DELAY)).hasSize(1);
    }

    @Test
    void aFrameForWhichTheMachineHasNoRoomIsDroppedAndSoAreTooManyAtOnce() {
        SwitchPort one = port(1);
        SwitchPort two = port(2);
        round(one, 0);
        round(two, 0);
        for (int k = 0; k < 1_025; k++) {
            one.send(frame(BROADCAST, k), 0);
        }
        assertThat(two.next(DELAY, true)).isEqualTo(frame(BROADCAST, 0));
        assertThat(taken(two, DELAY)).as("1024 are on their way at once").hasSize(1_023);
        one.send(frame(BROADCAST, 1), 0);
        assertThat(two.next(DELAY, false)).isNull();
        assertThat(taken(two, DELAY)).isEmpty();
    }

    /// Three machines in threads of their own, with random rounds, waits and frames. A second run is the same.
    @Test
    void whatArrivesAndWhenFollowsFromTheMachinesAlone() {
        for (int seed = 0; seed < 20; seed++) {
            List<String> first = histories(seed);
            assertThat(first).allMatch(history -> history.contains("from"));
            assertThat(histories(seed)).as("seed %d", seed).isEqualTo(first);
        }
    }

    private static List<String> histories(int seed) {
        NetworkSwitch connected = new NetworkSwitch(3);
        List<SwitchPort> ports = IntStream.range(0, 3)
                .mapToObj(number -> connected.plug(mac(number + 1)))
                .toList();
        List<CompletableFuture<String>> machines = IntStream.range(0, 3)
                .mapToObj(number -> CompletableFuture.supplyAsync(
                        () -> history(ports.get(number), new SplittableRandom(10L * seed + number), number), THREADS))
                .toList();
        return machines.stream().map(CompletableFuture::join).toList();
    }

    private static String history(SwitchPort port, SplittableRandom random, int number) {
        StringBuilder history = new StringBuilder();
        long now = 0;
        while (now < 10_000_000) {
            boolean idle = random.nextInt(4) == 0;
            long until = now + 1 + random.nextInt(idle ? 1_000_000 : 100_000);
            long end = Math.min(until, port.arrivalBetween(now, until, idle, () -> false));
            for (Bytes frame : taken(port, now)) {
                history.append(now).append(" from ").append(frame.at(58)).append('\n');
            }
            if (!idle && random.nextInt(3) == 0) {
                byte[] frame = frame(
                                random.nextBoolean()
                                        ? BROADCAST
                                        : mac(1 + random.nextInt(3)).bits(),
                                0)
                        .toArray();
                frame[58] = (byte) number;
                port.send(Bytes.copyOf(frame), random.nextLong(now, end));
            }
            now = end;
        }
        port.unplug();
        return history.toString();
    }
}
