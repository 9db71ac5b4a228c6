package dev.trapline.board.gic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Random accesses and inputs have the same results as in [GicModel], also if the controller is saved, and another one
/// loads its state and continues.
class GicModelTest {

    private static final List<Integer> INTIDS = List.of(0, 1, 7, 15, 16, 27, 31, 32, 33, 63, 64, 200, 287);
    private static final int[] PRIORITIES = {0, 1, 0x10, 0x12, 0x14, 0x18, 0x40, 0x7f, 0x80, 0xa0, 0xfe, 0xff};
    private static final int STEPS = 250;

    /// A run of the two models side by side.
    private static final class Run {
        final Random random;
        final int cpus;
        final GicModel model;
        final StringBuilder log = new StringBuilder();
        Gicv2 gic;

        Run(long seed) {
            random = new Random(seed);
            cpus = 1 + random.nextInt(4);
            model = new GicModel(cpus, INTIDS);
            gic = new Gicv2(cpus);
            for (int cpu = 0; cpu < cpus; cpu++) {
                control(cpu, 3 | random.nextInt(32));
                mask(cpu, 0xff);
            }
            forward(3);
            for (int intid : INTIDS) {
                int cpu = random.nextInt(cpus);
                enable(cpu, intid, true);
                targets(intid, 1 + random.nextInt(15));
                priority(cpu, intid, anyPriority());
            }
        }

        GicCpu cpu(int index) {
            return new GicCpu(gic, index);
        }

        private int anyIntid() {
            return INTIDS.get(random.nextInt(INTIDS.size()));
        }

        private int anyPriority() {
            return PRIORITIES[random.nextInt(PRIORITIES.length)];
        }

        private static int word(int block, int intid) {
            return block + intid / 32 * 4;
        }

        private static long bit(int intid) {
            return 1L << intid % 32;
        }

        private void control(int cpu, int value) {
            cpu(cpu).write(GicCpu.GICC_CTLR, value);
            GicModel.Interface self = model.interfaces.get(cpu);
            self.enabled[0] = (value & 1) != 0;
            self.enabled[1] = (value & 2) != 0;
            self.ackCtl = (value & 4) != 0;
            self.fiqEn = (value & 8) != 0;
            self.commonBinaryPoint = (value & 16) != 0;
            self.separateDeactivation = (value & 0x200) != 0;
        }

        private void mask(int cpu, int value) {
            cpu(cpu).write(GicCpu.GICC_PMR, value);
            model.interfaces.get(cpu).mask = value;
        }

        private void forward(int groups) {
            cpu(0).write(GicCpu.GICD_CTLR, groups);
            model.forwarded[0] = (groups & 1) != 0;
            model.forwarded[1] = (groups & 2) != 0;
        }

        private void enable(int cpu, int intid, boolean on) {
            cpu(cpu).write(word(on ? GicCpu.GICD_ISENABLER : GicCpu.GICD_ICENABLER, intid), bit(intid));
            model.of(cpu, intid).enabled = on || intid < 16;
        }

        private void targets(int intid, int targets) {
            cpu(0).write(GicCpu.GICD_ITARGETSR + intid, 1, targets);
            model.of(0, intid).targets = targets;
        }

        private void priority(int cpu, int intid, int priority) {
            cpu(cpu).write(GicCpu.GICD_IPRIORITYR + intid, 1, priority);
            model.of(cpu, intid).priority = priority;
        }

        private void group(int cpu, int intid, int group) {
            int register = word(GicCpu.GICD_IGROUPR, intid);
            long others = cpu(cpu).read(register) & ~bit(intid);
            cpu(cpu).write(register, others | (group == 1 ? bit(intid) : 0));
            model.of(cpu, intid).group = group;
        }

        private void edge(int cpu, int intid, boolean edge) {
            int register = GicCpu.GICD_ICFGR + intid / 16 * 4;
            long field = 3L << (intid % 16 * 2);
            long others = cpu(cpu).read(register) & ~field;
            cpu(cpu).write(register, edge ? others | field : others);
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
            cpu(cpu).write(word(set ? GicCpu.GICD_ISPENDR : GicCpu.GICD_ICPENDR, intid), bit(intid));
            if (intid >= 16) {
                model.of(cpu, intid).latched = set;
            }
        }

        private void active(int cpu, int intid, boolean set) {
            cpu(cpu).write(word(set ? GicCpu.GICD_ISACTIVER : GicCpu.GICD_ICACTIVER, intid), bit(intid));
            model.of(cpu, intid).active = set;
        }

        private void send(int from, int sgi) {
            int list = random.nextInt(16);
            cpu(from).write(GicCpu.GICD_SGIR, ((long) list << 16) | sgi);
            for (int target = 0; target < cpus; target++) {
                if ((list >> target & 1) != 0) {
                    model.send(from, target, sgi);
                }
            }
        }

        private void changeSources(int cpu, int sgi) {
            int source = random.nextInt(cpus);
            boolean set = random.nextBoolean();
            cpu(cpu).write((set ? GicCpu.GICD_SPENDSGIR : GicCpu.GICD_CPENDSGIR) + sgi, 1, 1 << source);
            if (set) {
                model.of(cpu, sgi).sources.add(source);
            } else {
                model.of(cpu, sgi).sources.remove(source);
            }
        }

        private void acknowledge(int cpu) {
            boolean alias = random.nextBoolean();
            long value = cpu(cpu).read(alias ? GicCpu.GICC_AIAR : GicCpu.GICC_IAR);
            assertThat(value)
                    .as("IAR of vCPU %d, alias %s%n%s", cpu, alias, log)
                    .isEqualTo(model.acknowledge(cpu, alias));
        }

        private void end(int cpu, int intid) {
            boolean alias = random.nextInt(4) == 0;
            cpu(cpu).write(alias ? GicCpu.GICC_AEOIR : GicCpu.GICC_EOIR, intid);
            model.end(cpu, intid, alias);
        }

        private void binaryPoints(int cpu) {
            int point = random.nextInt(8);
            cpu(cpu).write(GicCpu.GICC_BPR, point);
            model.interfaces.get(cpu).binaryPoint = point;
            int aliased = random.nextInt(8);
            cpu(cpu).write(GicCpu.GICC_ABPR, aliased);
            model.interfaces.get(cpu).aliasedBinaryPoint = Math.max(1, aliased);
        }

        private void continueInAnother() {
            Gicv2 next = new Gicv2(cpus);
            next.write(GicCpu.GICD_CTLR, 4, 3);
            next.load(gic.save());
            assertThat(next.save()).as("the loaded state").isEqualTo(gic.save());
            gic = next;
        }

        void step() {
            int cpu = random.nextInt(cpus);
            int intid = anyIntid();
            int kind = random.nextInt(28);
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
                case 6 -> targets(intid, random.nextInt(1 << cpus));
                case 7 -> group(cpu, intid, random.nextInt(2));
                case 8 -> edge(cpu, intid, random.nextBoolean());
                case 9, 10 -> pending(cpu, intid, random.nextBoolean());
                case 11 -> active(cpu, intid, random.nextInt(4) == 0);
                case 12, 13 -> send(cpu, intid % 16 == intid ? intid : 0);
                case 14 -> changeSources(cpu, intid < 16 ? intid : 1);
                case 15, 16, 17, 18, 19 -> acknowledge(cpu);
                case 20, 21, 22 -> endOneThatIsActive(cpu);
                case 23 -> deactivate(cpu, intid);
                case 24 ->
                    control(cpu, random.nextInt(4) == 0 ? random.nextInt(0x400) : (random.nextInt(0x100) * 4) | 3);
                case 25 -> mask(cpu, random.nextInt(3) == 0 ? anyPriority() : 0xff);
                case 26 -> binaryPoints(cpu);
                default -> {
                    forward(random.nextInt(4) == 0 ? random.nextInt(4) : 3);
                    continueInAnother();
                }
            }
        }

        private void endOneThatIsActive(int cpu) {
            List<Integer> active = new ArrayList<>();
            INTIDS.stream().filter(intid -> model.of(cpu, intid).active).forEach(active::add);
            end(cpu, active.isEmpty() ? anyIntid() : active.get(random.nextInt(active.size())));
        }

        private void deactivate(int cpu, int intid) {
            cpu(cpu).write(GicCpu.GICC_DIR, intid);
            model.deactivate(cpu, intid);
        }

        void compare() {
            for (int cpu = 0; cpu < cpus; cpu++) {
                GicCpu real = cpu(cpu);
                assertThat(new GicModel.Signals(real.irq(), real.fiq()))
                        .as("signals of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.signals(cpu));
                assertThat(real.read(GicCpu.GICC_HPPIR))
                        .as("HPPIR of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.highestPendingRegister(cpu, false));
                assertThat(real.read(GicCpu.GICC_AHPPIR))
                        .as("AHPPIR of vCPU %d%n%s", cpu, log)
                        .isEqualTo(model.highestPendingRegister(cpu, true));
                assertThat(real.read(GicCpu.GICC_RPR))
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

        /// An interrupt whose input is low wakes a vCPU if, in a copy, the vCPU is signalled after it rose.
        void compareWaking() {
            int cpu = random.nextInt(cpus);
            int intid = anyIntid();
            if (intid >= 16 && !model.of(cpu, intid).input) {
                Gicv2 copy = new Gicv2(cpus);
                copy.load(gic.save());
                boolean wakes = gic.wakes(new VcpuId(cpu), intid);
                assertThat(gic.save()).as("asking changes nothing").isEqualTo(copy.save());
                (intid < 32 ? copy.ppi(new VcpuId(cpu), intid) : copy.spi(intid)).changed(new Line("any"), true);
                GicCpu after = new GicCpu(copy, cpu);
                assertThat(wakes)
                        .as("INTID %d wakes vCPU %d%n%s", intid, cpu, log)
                        .isEqualTo(after.irq() || after.fiq());
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
