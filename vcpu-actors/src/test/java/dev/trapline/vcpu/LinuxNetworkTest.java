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
