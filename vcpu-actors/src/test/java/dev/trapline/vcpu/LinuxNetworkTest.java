package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.vcpu.MachineRuns.Finished;
import dev.trapline.vcpu.MachineRuns.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The network interface with the driver of Linux.
@Tag("native")
class LinuxNetworkTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    Path directory;

    private static MachineSpec spec(NetworkKind kind, String mac) {
        MachineSpec spec = LinuxTest.spec(1, Schedule.ROUND_ROBIN, 0);
        return spec.with(spec.board()
                .withNetwork(new NetworkSpec(kind, MacAddress.parse(mac).orElseThrow())));
    }

    private static String configured(int last) {
        return """
            ip link set eth0 up
            ip addr add 10.0.0.%d/24 dev eth0
            """.formatted(last);
    }

    /// Each machine is replayed alone, in which what it sends goes nowhere. A second run of both is the same,
    /// because they begin together.
    @Test
    void twoMachinesPingEachOtherAndEachReplaysAlone() throws IOException {
        List<Image> pinging = LinuxGuest.images(configured(1) + """
            ping -c 3 -W 5 10.0.0.2
            ping -q -c 2 -s 1400 10.0.0.2
            """);
        List<Image> pinged = LinuxGuest.images(configured(2) + """
            echos() { grep '^Icmp:' /proc/net/snmp | tail -1 | cut -d' ' -f10; }
            while [ $(echos) -lt 5 ]; do sleep 1; done
            echo "answered $(echos)"
            sleep 2
            """);
        List<Finished> first = connected("first", pinging, pinged);
        first.forEach(LinuxTest::assertEnded);
        assertThat(first.get(0).console())
                .contains("3 packets transmitted, 3 packets received, 0% packet loss")
                .contains("2 packets transmitted, 2 packets received, 0% packet loss");
        assertThat(first.get(1).console()).contains("answered 5\n");
        for (int machine = 0; machine < 2; machine++) {
            Path recording = directory.resolve("first" + machine);
            MachineRuns.assertEqual(RUNS.replay(recording), first.get(machine), "machine " + machine + " alone");
        }
        List<Finished> second = connected("second", pinging, pinged);
        MachineRuns.assertEqual(second.get(0), first.get(0), "machine 0 in a second run");
        MachineRuns.assertEqual(second.get(1), first.get(1), "machine 1 in a second run");
    }

    private List<Finished> connected(String name, List<Image> one, List<Image> other) {
        return RUNS.recordConnected(List.of(
                new Member(spec(NetworkKind.SWITCH, "02:00:00:00:00:01"), one, directory.resolve(name + 0)),
                new Member(spec(NetworkKind.SWITCH, "02:00:00:00:00:02"), other, directory.resolve(name + 1))));
    }

    /// Linux sends frames of IPv6 and ARP. It counts those that come back, and drops them.
    @Test
    void inALoopLinuxReceivesAsManyFramesAsItSends() throws IOException {
        List<Image> images = LinuxGuest.images("""
            cat /sys/class/net/eth0/address
            ip link set eth0 up
            ip addr add 10.0.0.1/24 dev eth0
            arping -c 3 -I eth0 10.0.0.2
            sleep 5
            echo "link: $(cat /sys/class/net/eth0/operstate)"
            ip link set eth0 down
            cd /sys/class/net/eth0/statistics
            echo "sent $(cat tx_packets), $(cat tx_bytes) bytes"
            echo "received $(cat rx_packets), $(cat rx_bytes) bytes"
            [ $(cat tx_packets) -ge 3 ] && [ $(cat tx_packets) = $(cat rx_packets) ] && echo as many
            [ $(cat tx_bytes) = $(cat rx_bytes) ] && echo as long
            """);
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(spec(NetworkKind.LOOP, "02:00:00:00:00:07"), images, List.of(), recording);
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console()).contains("02:00:00:00:00:07", "link: up\n", "as many\n", "as long\n");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        LinuxTest.assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }
}
