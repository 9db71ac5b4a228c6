package dev.trapline.board.gic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Random accesses and inputs have the same results as in [Gicv3Model], also if the controller is saved, and another
/// one loads its state and continues.
class Gicv3ModelTest {

    private static final List<Integer> INTIDS = List.of(0, 1, 7, 15, 16, 27, 31, 32, 33, 63, 64, 200, 287);
    private static final int[] PRIORITIES = {0, 1, 0x10, 0x12, 0x14, 0x18, 0x40, 0x7f, 0x80, 0xa0, 0xfe, 0xff};
    private static final int STEPS = 250;
    private static final int CLUSTER = 3;

    /// A run of the two models side by side.
    private static final class Run {
        final Random random;
        final int cpus;
        final Gicv3Model model;
        final StringBuilder log = new StringBuilder();
        Gicv3 gic;

        Run(long seed) {
            random = new Random(seed);
            cpus = 1 + random.nextInt(7);
            model = new Gicv3Model(cpus, INTIDS);
            gic = Gicv3Cpu.controller(cpus, CLUSTER);
            for (int cpu = 0; cpu < cpus; cpu++) {
                control(cpu, random.nextInt(4));
                mask(cpu, 0xff);
                accept(cpu, 3);
                sleep(cpu, random.nextInt(4) == 0);
            }
            forward(3);
            for (int intid : INTIDS) {
                int cpu = random.nextInt(cpus);
                enable(cpu, intid, true);
                route(intid, random.nextInt(cpus + 1));
                priority(cpu, intid, anyPriority());
            }
        }

        Gicv3Cpu cpu(int index) {
            return new Gicv3Cpu(gic, index);
        }

        private int anyIntid() {
            return INTIDS.get(random.nextInt(INTIDS.size()));
        }

        private int anyPriority() {
            return PRIORITIES[random.nextInt(PRIORITIES.length)];
        }

        private void control(int cpu, int value) {
            cpu(cpu).icc(Gicv3Cpu.CTLR, value);
            model.interfaces.get(cpu).commonBinaryPoint = (value & 1) != 0;
            model.interfaces.get(cpu).separateDeactivation = (value & 2) != 0;
        }

        private void mask(int cpu, int value) {
            cpu(cpu).icc(Gicv3Cpu.PMR, value);
            model.interfaces.get(cpu).mask = value;
        }

        private void accept(int cpu, int groups) {
            cpu(cpu).icc(Gicv3Cpu.IGRPEN0, groups & 1);
            cpu(cpu).icc(Gicv3Cpu.IGRPEN1, groups >> 1);
            model.interfaces.get(cpu).accepted[0] = (groups & 1) != 0;
            model.interfaces.get(cpu).accepted[1] = (groups & 2) != 0;
        }

        private void sleep(int cpu, boolean asleep) {
            cpu(cpu).redistributor(Gicv3Cpu.GICR_WAKER, asleep ? 2 : 0);
            model.interfaces.get(cpu).asleep = asleep;
        }

        private void forward(int groups) {
            cpu(0).distributor(Gicv3Cpu.GICD_CTLR, groups);
            model.forwarded[0] = (groups & 1) != 0;
            model.forwarded[1] = (groups & 2) != 0;
        }

        private void enable(int cpu, int intid, boolean on) {
            cpu(cpu).bits(on ? Gicv3Cpu.ISENABLER : Gicv3Cpu.ICENABLER, intid, Gicv3Cpu.bit(intid));
            model.of(cpu, intid).enabled = on;
        }

        /// @param target the number of vCPUs for any
        private void route(int intid, int target) {
            long affinity = target / CLUSTER * 256L + target % CLUSTER;
            cpu(0).route(intid, target == cpus ? Gicv3Cpu.ANY : affinity);
            model.of(0, intid).target = target == cpus ? Gicv3Model.ANYONE : target;
        }

        private void priority(int cpu, int intid, int priority) {
            cpu(cpu).priority(intid, priority);
            model.of(cpu, intid).priority = priority;
        }

        private void group(int cpu, int intid, int group) {
            cpu(cpu).group(intid, group);
            model.of(cpu, intid).group = group;
        }

        private void edge(int cpu, int intid, boolean edge) {
            cpu(cpu).edge(intid, edge);
            if (intid >= 16) {
                model.of(cpu, intid).edge = edge;
            }
        }

        private void drive(int cpu, int intid, boolean high) {
            Line line = new Line("any");
            (intid < 32 ? gic.ppi(new VcpuId(cpu), intid) : gic.spi(intid)).changed(line, high);
            model.drive(cpu, intid, high);
        }

        private void pending(int cpu, int intid, boolean set) {
            cpu(cpu).bits(set ? Gicv3Cpu.ISPENDR : Gicv3Cpu.ICPENDR, intid, Gicv3Cpu.bit(intid));
            model.of(cpu, intid).latched = set;
        }

        private void active(int cpu, int intid, boolean set) {
            cpu(cpu).bits(set ? Gicv3Cpu.ISACTIVER : Gicv3Cpu.ICACTIVER, intid, Gicv3Cpu.bit(intid));
            model.of(cpu, intid).active = set;
        }

        private void send(int from, int sgi) {
            int register =
                    List.of(Gicv3Cpu.SGI1R, Gicv3Cpu.SGI0R, Gicv3Cpu.ASGI1R).get(random.nextInt(3));
            boolean others = random.nextInt(3) == 0;
            int cluster = random.nextInt(3);
            int list = random.nextInt(1 << CLUSTER);
            long value = (others ? 1L << 40 : 0) | (long) sgi << 24 | (long) cluster << 16 | list;
            cpu(from).icc(register, value);
            for (int target = 0; target < cpus; target++) {
                boolean listed = target / CLUSTER == cluster && (list >> target % CLUSTER & 1) != 0;
                if (others ? target != from : listed) {
                    model.send(target, sgi, register != Gicv3Cpu.SGI1R);
                }
            }
        }

        private void acknowledge(int cpu) {
            int group = random.nextInt(2);
            assertThat(cpu(cpu).icc(group == 0 ? Gicv3Cpu.IAR0 : Gicv3Cpu.IAR1))
                    .as("IAR%d of vCPU %d%n%s", group, cpu, log)
                    .isEqualTo(model.acknowledge(cpu, group));
        }

        private void end(int cpu, int intid) {
            int group = random.nextInt(4) == 0 ? random.nextInt(2) : model.of(cpu, intid).group;
            cpu(cpu).icc(group == 0 ? Gicv3Cpu.EOIR0 : Gicv3Cpu.EOIR1, intid);
            model.end(cpu, intid, group);
        }

        private void binaryPoints(int cpu) {
            int point = random.nextInt(8);
            cpu(cpu).icc(Gicv3Cpu.BPR0, point);
            model.interfaces.get(cpu).binaryPoint[0] = point;
            int other = random.nextInt(8);
            cpu(cpu).icc(Gicv3Cpu.BPR1, other);
            if (!model.interfaces.get(cpu).commonBinaryPoint) {
                model.interfaces.get(cpu).binaryPoint[1] = Math.max(1, other);
            }
        }

        private void continueInAnother() {
            Gicv3 next = Gicv3Cpu.controller(cpus, CLUSTER);
            new Gicv3Cpu(next, 0).enableAll(3);
            next.load(gic.save());
            assertThat(next.save()).as("the loaded state").isEqualTo(gic.save());
            gic = next;
        }

        void step() {
            int cpu = random.nextInt(cpus);
            int intid = anyIntid();
            int kind = random.nextInt(29);
            log.append("vCPU ")
                    .append(cpu)
                    .append(", INTID ")
                    .append(intid)
                    .append(", kind ")
                    .append(kind)
                    .append('\n');
            switch (kind) {
                case 0, 1, 2, 3 -> {
                    if (intid >= 16) {
                        drive(cpu, intid, random.nextInt(3) != 0);
                    }
                }
                case 4 -> enable(cpu, intid, random.nextInt(3) != 0);
                case 5 -> priority(cpu, intid, anyPriority());
                case 6 -> route(intid, random.nextInt(cpus + 1));
                case 7 -> group(cpu, intid, random.nextInt(2));
                case 8 -> edge(cpu, intid, random.nextBoolean());
                case 9, 10 -> pending(cpu, intid, random.nextBoolean());
                case 11 -> active(cpu, intid, random.nextInt(4) == 0);
                case 12, 13 -> send(cpu, intid < 16 ? intid : 0);
                case 14 -> sleep(cpu, random.nextInt(3) == 0);
                case 15, 16, 17, 18, 19 -> acknowledge(cpu);
                case 20, 21, 22 -> endOneThatIsActive(cpu);
                case 23 -> deactivate(cpu, intid);
                case 24 -> control(cpu, random.nextInt(4));
                case 25 -> mask(cpu, random.nextInt(3) == 0 ? anyPriority() : 0xff);
                case 26 -> binaryPoints(cpu);
                case 27 -> accept(cpu, random.nextInt(3) == 0 ? random.nextInt(4) : 3);
                default -> rare(cpu);
            }
        }

        private void rare(int cpu) {
            forward(random.nextInt(4) == 0 ? random.nextInt(4) : 3);
            if (random.nextInt(4) == 0) {
                gic.systemRegisters(new VcpuId(cpu)).reset();
                model.reset(cpu);
            }
            continueInAnother();
        }

        private void endOneThatIsActive(int cpu) {
            List<Integer> active = new ArrayList<>();
            INTIDS.stream().filter(intid -> model.of(cpu, intid).active).forEach(active::add);
            end(cpu, active.isEmpty() ? anyIntid() : active.get(random.nextInt(active.size())));
        }

        private void deactivate(int cpu, int intid) {
            cpu(cpu).icc(Gicv3Cpu.DIR, intid);
            model.deactivate(cpu, intid);
        }

        void compare() {
            for (int cpu = 0; cpu < cpus; cpu++) {
                Gicv3Cpu real = cpu(cpu);
                assertThat(new Gicv3Model.Signals(real.irq(), real.fiq(), real.wakes()))
                        .as("signals of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.signals(cpu));
                assertThat(real.icc(Gicv3Cpu.HPPIR0))
                        .as("HPPIR0 of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.highestPendingOf(cpu, 0));
                assertThat(real.icc(Gicv3Cpu.HPPIR1))
                        .as("HPPIR1 of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.highestPendingOf(cpu, 1));
                assertThat(real.icc(Gicv3Cpu.RPR))
                        .as("RPR of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.runningPriority(cpu));
                for (int intid : INTIDS) {
                    assertThat(real.isPending(intid))
                            .as("INTID %d is pending%n%s", intid, log)
                            .isEqualTo(model.of(cpu, intid).isPending());
                    assertThat(real.isActive(intid))
                            .as("INTID %d is active%n%s", intid, log)
                            .isEqualTo(model.of(cpu, intid).active);
                }
            }
        }

        /// An interrupt whose input is low wakes a vCPU if, in a copy, the vCPU wakes after it rose.
        void compareWaking() {
            int cpu = random.nextInt(cpus);
            int intid = anyIntid();
            if (intid >= 16 && !model.of(cpu, intid).input) {
                Gicv3 copy = Gicv3Cpu.controller(cpus, CLUSTER);
                copy.load(gic.save());
                boolean wakes = gic.wakes(new VcpuId(cpu), intid);
                assertThat(gic.save()).as("asking changes nothing").isEqualTo(copy.save());
                (intid < 32 ? copy.ppi(new VcpuId(cpu), intid) : copy.spi(intid)).changed(new Line("any"), true);
                assertThat(wakes)
                        .as("INTID %d wakes vCPU %d%n%s", intid, cpu, log)
                        .isEqualTo(copy.wakes(new VcpuId(cpu)));
            }
        }
    }

    @Property(tries = 150)
    void everyStepHasTheSameResultAsInTheModel(@ForAll long seed) {
        Run run = new Run(seed);
        run.compare();
        for (int step = 0; step < STEPS; step++) {
            run.step();
            run.compare();
            run.compareWaking();
        }
    }
}
