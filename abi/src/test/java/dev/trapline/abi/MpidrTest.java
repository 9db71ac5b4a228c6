package dev.trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.firmware.MachineTopology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MpidrTest {

    @ParameterizedTest(name = "vCPU {0} is {1}")
    @CsvSource({"0, 80000000", "1, 80000001", "15, 8000000f", "16, 80000100", "31, 8000010f", "63, 8000030f"})
    void aff0CountsToFifteenAndThenAff1GoesUp(int index, String expected) {
        assertThat(Mpidr.of(new VcpuId(index), 16).value())
                .as("KVM numbers its guests' CPUs so, and guests expect it")
                .isEqualTo(Long.parseLong(expected, 16));
    }

    @Test
    void everyVcpuIsFoundByItsAffinityAndByNothingElse() {
        MachineTopology topology = new MachineTopology(VcpuId.MAX_COUNT, 16);
        for (int index = 0; index < VcpuId.MAX_COUNT; index++) {
            VcpuId vcpu = new VcpuId(index);
            assertThat(topology.find(topology.mpidr(vcpu).affinity())).isEqualTo(vcpu);
        }
        assertThat(topology.find(0x10)).as("Aff0 goes to 15 only").isNull();
        assertThat(topology.find(0x400)).as("the fifth cluster does not exist").isNull();
        assertThat(topology.find(0x8000_0000L)).as("RES1 is no affinity field").isNull();
        assertThat(topology.find(0x1_0000_0000L)).as("Aff3 is always 0 here").isNull();
        assertThat(topology.find(0xffff_ffffL)).as("all ones is nobody").isNull();
        assertThat(topology.find(-1L)).as("all ones is nobody").isNull();
    }

    @Test
    void aClusterMayBeSmallerAndTheLastOneIncomplete() {
        MachineTopology topology = new MachineTopology(6, 4);
        assertThat(topology.mpidr(new VcpuId(5)).affinity())
                .as("the second CPU of the second cluster")
                .isEqualTo(0x101);
        assertThat(topology.find(0x101)).isEqualTo(new VcpuId(5));
        assertThat(topology.find(0x4)).as("a cluster has four").isNull();
        assertThat(topology.find(0x102)).as("the last cluster has two").isNull();
        assertThat(topology.clusters()).isEqualTo(2);
        assertThat(topology.membersOf(0)).isEqualTo(0b1111);
        assertThat(topology.membersOf(1)).isEqualTo(0b11_0000);
    }

    @Test
    void aVcpuBeyondTheLastIsRefused() {
        assertThatThrownBy(() -> new VcpuId(64)).hasMessageContaining("0 to 63");
        assertThatThrownBy(() -> new VcpuId(-1)).hasMessageContaining("0 to 63");
    }
}
