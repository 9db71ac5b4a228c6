package dev.trapline.board.gic;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;
import java.util.List;

/// The interrupts of a GICv3 with affinity routing (IHI 0069): an SPI goes to the vCPU whose affinity its route names,
/// or to any one. Between the Distributor and a CPU interface is a Redistributor, which may be asleep.
final class RoutedInterrupts extends Interrupts {

    /// GICD_IROUTER.Interrupt_Routing_Mode: any vCPU.
    private static final long ANY = 1L << 31;

    /// The fields of GICD_IROUTER that exist: Interrupt_Routing_Mode, Aff2, Aff1 and Aff0. Aff3 does not
    /// (GICD_TYPER.A3V).
    private static final long ROUTE = ANY | 0xff_ffff;

    /// ICC_SGI1R_EL1.IRM.
    private static final long ALL_OTHERS = 1L << 40;

    private final List<Mpidr> affinities;
    /// GICD_IROUTER of each SPI.
    private final long[] routes = new long[COUNT];
    /// The vCPU that each route names; -1 if there is none, or if any may take it.
    private final int[] routed = new int[COUNT];
    /// For each vCPU, the groups that its CPU interface accepts: ICC_IGRPEN0_EL1 and ICC_IGRPEN1_EL1, one bit each.
    private final int[] accepted;
    /// The vCPUs whose Redistributor is asleep, one bit each: GICR_WAKER.ProcessorSleep. A reset of the hardware
    /// lets all sleep, and the firmware of a board wakes each before its vCPU starts. EDK2 relies on that.
    private long asleep;

    /// @param affinities of the vCPUs, each different
    RoutedInterrupts(List<Mpidr> affinities) {
        super(affinities.size());
        this.affinities = List.copyOf(affinities);
        this.accepted = new int[cpus];
        reset();
    }

    @Override
    void reset() {
        super.reset();
        Arrays.fill(routes, 0);
        Arrays.fill(routed, vcpu(0));
        Arrays.fill(accepted, 0);
        asleep = 0;
    }

    Mpidr affinity(int cpu) {
        return affinities.get(cpu);
    }

    /// @return -1 if no vCPU has this affinity
    private int vcpu(long affinity) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (affinity(cpu).affinity() == affinity) {
                return cpu;
            }
        }
        return -1;
    }

    /// GICD_IROUTER of an SPI.
    long route(int intid) {
        return routes[intid];
    }

    void setRoute(int intid, long value) {
        long route = value & ROUTE;
        routes[intid] = route;
        routed[intid] = (route & ANY) == 0 ? vcpu(route) : -1;
        changed();
    }

    int accepted(int cpu) {
        return accepted[cpu];
    }

    void accept(int cpu, int groups) {
        accepted[cpu] = groups;
        changed();
    }

    boolean isAsleep(int cpu) {
        return (asleep >>> cpu & 1) != 0;
    }

    void setAsleep(int cpu, boolean sleeps) {
        long bit = 1L << cpu;
        asleep = sleeps ? asleep | bit : asleep & ~bit;
        changed();
    }

    /// An interrupt that any vCPU may take goes to the first whose Redistributor is awake and whose CPU interface
    /// accepts the interrupt's group: the architecture leaves the choice open.
    @Override
    boolean isTargeted(int cpu, int intid) {
        if (intid < InterruptController.FIRST_SPI) {
            return true;
        }
        if ((routes[intid] & ANY) == 0) {
            return routed[intid] == cpu;
        }
        int group = group(cpu, intid);
        for (int other = 0; other < cpu; other++) {
            if ((arriving(other) >> group & 1) != 0) {
                return false;
            }
        }
        return (arriving(cpu) >> group & 1) != 0;
    }

    /// A group that the CPU interface does not accept stays in the Redistributor, and keeps no other back.
    @Override
    int arriving(int cpu) {
        return isAsleep(cpu) ? 0 : forwarded() & accepted[cpu];
    }

    /// Whether the vCPU's Redistributor requests that the vCPU gets power: it is asleep, and holds an interrupt
    /// (GICR_WAKER).
    boolean requestsPower(int cpu) {
        return isAsleep(cpu) && highestPending(cpu, forwarded()) != SPURIOUS;
    }

    /// ICC_SGI1R_EL1, ICC_SGI0R_EL1 or ICC_ASGI1R_EL1: makes an SGI pending on the vCPUs that the value selects:
    /// all others, or a list of up to 16 whose affinities differ in Aff0 only. Aff3 and the range selector do not
    /// exist (ICC_CTLR_EL1.A3V and .RSS).
    ///
    /// @param from the sender
    /// @param groups on which the sender may have an effect, one bit each: on a vCPU where the SGI is in another
    ///     one, nothing happens
    void send(int from, long value, int groups) {
        int sgi = (int) (value >>> 24) & 0xf;
        boolean allOthers = (value & ALL_OTHERS) != 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            boolean selected = allOthers ? cpu != from : isListed(cpu, value);
            if (selected && (groups >> group(cpu, sgi) & 1) != 0) {
                setPending(cpu, 0, bit(sgi));
            }
        }
    }

    private boolean isListed(int cpu, long value) {
        long cluster = (value >>> 32 & 0xff) << 16 | (value >>> 16 & 0xff) << 8;
        long affinity = affinity(cpu).affinity();
        long member = affinity & 0xff;
        return (affinity & ~0xffL) == cluster && member < 16 && (value >>> member & 1) != 0;
    }

    @Override
    void sendToSelf(int cpu, int sgi) {
        setPending(cpu, 0, bit(sgi));
    }

    @Override
    public void save(StateWriter state) {
        super.save(state);
        state.put(routes);
        for (int groups : accepted) {
            state.put(groups, 1);
        }
        state.put(asleep);
    }

    @Override
    public void load(StateReader state) {
        super.load(state);
        for (int intid = 0; intid < COUNT; intid++) {
            setRoute(intid, state.take());
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            accepted[cpu] = (int) state.take(1);
        }
        asleep = state.take();
    }
}
