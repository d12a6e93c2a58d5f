# Fovea: one non-recursive Makefile.
#
#   make            the fovea command and the firmware         make demo    the main job, from nothing
#   make check      every test                                 make bench   speed, with peers
#   make golden     pinned end-to-end results (REBASE=1)       make layers  who includes whom
#   make validate   published figures against simulated ones   make mutants what `fovea test` must notice
#   make gallery    pictures of charts, scenes and the viewer, out/gallery   make film  the viewer's film (UPDATE=1: into the documents)
#   make scenarios  ten worlds of each scenario against targets (UPDATE=1: into scenes/README.md)
#   make slurm-test a sweep through a real Slurm and through GNU parallel, where they are installed
#   make install    PREFIX=/usr/local DESTDIR=: fovea, scenes, firmware SDK, documents; uninstall
#   make studies    ready-made sweeps of fovea explore, out/studies; study-NAME: one of tools/explore/studies
#   make format     clang-format over everything               make fuzz    fuzzers, FUZZ_SECONDS each
#   make check-qemu-long  N=5000 more random programs of each chip on core and QEMU, from SEED=1
#   CONF=san  address and undefined-behavior sanitizers    STRICT=1  warnings are errors    V=1  show

CONF  ?= release
BUILD ?= build
O     := $(BUILD)/$(CONF)
GEN   := $(BUILD)/gen
Q     := $(if $(V),,@)
say    = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

CC      ?= cc
AR      ?= ar
ARCH    := $(shell $(CC) -dumpmachine | cut -d- -f1)
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wvla -Wundef -Wformat=2 $(if $(STRICT),-Werror)
STD     := -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -fno-math-errno
OPT.release := -O3 -g
OPT.fuzz    := -O1 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# One in so many of what tests repeat at random (TEST_FEWER); FEWER=1: all of it.
FEWER       ?= 5
OPT.san     := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DTEST_FEWER=$(FEWER)
CFLAGS_ALL   = $(STD) $(OPT.$(CONF)) $(WARN) -pthread -I. $(CFLAGS)
LDFLAGS_ALL  = $(OPT.$(CONF)) -pthread $(LDFLAGS)
LIBS        := -lpng -ltiff -lz -lcjson -lprotobuf-c -ldw -lelf -lsqlite3 -lm
VEC.avx2    := -mavx2 -mbmi2 -mpclmul
VEC.avx512  := -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni
VEC.amx     := $(VEC.avx512) -mamx-tile -mamx-int8

# ---- the library: one archive a folder ----------------------------------------------------------
ROOMS := sim pixel isp npu npu/compiler mipi logic scenes
vec    = $(if $(filter x86_64,$(ARCH)),$(1),$(filter-out %_avx2.c %_avx512.c %_amx.c,$(1)))
srcs   = $(call vec,$(sort $(wildcard $(1)/*.c)))
objs   = $(patsubst %.c,$(O)/%.o,$(1))
lib    = $(O)/lib/$(subst /,_,$(1)).a
ALL_LIBS := $(foreach r,$(ROOMS),$(call lib,$(r)))

.PHONY: studies all demo gallery film install uninstall check check-unit check-qemu-long bench golden mutants scenarios slurm-test validate layers format fuzz seeds clean deps firmware force run-demo run-check fuzz-run
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

# build/fovea is the release build's; other configurations are called by their own path.
all: $(O)/fovea firmware $(O)/example_host $(O)/train_frames
	$(Q)[ $(CONF) != release ] || ln -sfn $(CONF)/fovea $(CONF)/example_host $(BUILD)

define room_rule
$(call lib,$(1)): $(call objs,$(call srcs,$(1)))
	$$(call say,AR,$$@)
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

# The ONNX reader: generated from Debian's onnx.proto, compiled without our warnings.
ONNX_PROTO := /usr/include/onnx/onnx.proto
$(call lib,npu/compiler): $(O)/gen/onnx.pb-c.o
$(GEN)/onnx.pb-c.c: $(ONNX_PROTO)
	$(call say,PROTOC,$<)
	$(Q)mkdir -p $(@D) && protoc-c -I$(<D) --c_out=$(@D) $<
$(GEN)/onnx.pb-c.h: $(GEN)/onnx.pb-c.c ;
$(O)/gen/onnx.pb-c.o: $(GEN)/onnx.pb-c.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(STD) $(OPT.$(CONF)) $(CFLAGS) -c $< -o $@
$(call objs,$(wildcard npu/compiler/onnx*.c tests/npu/onnx*.c)): private CFLAGS_VEC := -isystem $(GEN)
$(call objs,$(wildcard npu/compiler/onnx*.c tests/npu/onnx*.c tests/tools/*onnx*.c)): | $(GEN)/onnx.pb-c.h

# The parts of the firmware that touch no register also run on the host, for tests.
POST := firmware/post.c firmware/post_detect.c firmware/post_ops.c
FW_HOST := ae assign awb boot_check crop detect download_stream fixed gesture guard heat kalman line look meta \
           postmortem presence roi stock stop track votes zone
$(O)/lib/firmware.a: $(call objs,$(POST) $(FW_HOST:%=firmware/%.c))
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^
$(O)/firmware/%.o $(O)/tests/firmware/%.o $(O)/tests/tools/%.o $(O)/tests/npu/post_run.o: private CFLAGS_VEC := -Ifirmware/include -I$(GEN)
$(call objs,$(POST) tests/npu/post_run.c $(wildcard tests/firmware/*.c tests/tools/*.c)): $(GEN)/fovea_regs.h

$(O)/%_avx2.o: private CFLAGS_VEC := $(VEC.avx2)
$(O)/%_avx512.o: private CFLAGS_VEC := $(VEC.avx512)
$(O)/%_amx.o: private CFLAGS_VEC := $(VEC.amx)
# An interpreter: 10 % faster without gcse. A jump across 32 bytes is slow on Skylake and its like ("Mitigations for
# Jump Conditional Code Erratum", Intel 2019): without this its speed is a matter of where it is linked to.
comma := ,
X86_JUMPS := $(if $(filter x86_64%,$(shell $(CC) -dumpmachine 2>/dev/null)),-Wa$(comma)-mbranches-within-32B-boundaries)
$(O)/logic/exec.o: private CFLAGS_VEC := $(if $(findstring clang,$(CC)),,-fno-gcse -falign-functions=64 $(X86_JUMPS))
# A test program is compiled more often than it runs; its references, in files of their own, are fast.
# There are some 300: with the libraries' debug data they would be 14 MB each, and the disk is not for that.
$(O)/tests/%_test.o: private OPT.release := -O1 -g1
TEST_LD.release := -Wl,--strip-debug
# Those that run fovea have a folder each for what it leaves (tests/test.h).
test_out = -DFOVEA_OUT='"build/runs-$(subst /,-,$(patsubst tests/%_test,%,$*))"'
$(O)/tests/sensor/%_test.o $(O)/tests/tools/%_test.o $(O)/tests/tools/%_bench.o: private CFLAGS_OUT = $(test_out)
$(O)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(CFLAGS_VEC) $(CFLAGS_OUT) -MMD -MP -c $< -o $@

# The IMX500's technology files, for who has no chip file.
TECH := logic/tech/pixel_65nm.json logic/tech/logic_22nm.json
$(GEN)/logic/tech_builtin.inc: $(TECH) tools/embed.sh
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && tools/embed.sh $(TECH) >$@
$(O)/logic/tech_builtin.o: private CFLAGS_VEC := -I$(GEN)
$(O)/logic/tech_builtin.o: $(GEN)/logic/tech_builtin.inc

# What every report has in it.
PAGE_FILES := tools/report/page_style.css tools/report/page_script.js
$(GEN)/report_page_files.inc: $(PAGE_FILES) tools/embed.sh
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && tools/embed.sh $(PAGE_FILES) >$@
$(O)/tools/report/page.o: private CFLAGS_VEC := -I$(GEN)
$(O)/tools/report/page.o: $(GEN)/report_page_files.inc

# Which fovea it is: a hash of its sources, looked at each time, written when it is another one.
MADE_OF := $(sort $(foreach r,$(ROOMS) tools tools/report tools/explore tools/view,$(wildcard $(r)/*.[ch])) $(wildcard firmware/boot_check.c firmware/include/*.h) $(PAGE_FILES))
$(GEN)/build_id.h: force
	$(Q)tools/build_id.sh $@ $(MADE_OF)
$(O)/tools/version.o: private CFLAGS_VEC := -I$(GEN)
$(O)/tools/version.o: $(GEN)/build_id.h
force:

# ---- the command --------------------------------------------------------------------------------
# The viewer's window: SDL2 where it is installed.
HAVE_SDL := $(shell pkg-config --exists sdl2 SDL2_ttf 2>/dev/null && echo yes)
VIEW     := $(filter-out tools/view/window_$(if $(HAVE_SDL),none,sdl).c,$(call srcs,tools/view))
LIBS     += $(if $(HAVE_SDL),$(shell pkg-config --libs sdl2 SDL2_ttf))
$(O)/tools/view/window_sdl.o: private CFLAGS_VEC := $(if $(HAVE_SDL),$(shell pkg-config --cflags sdl2 SDL2_ttf))

$(O)/lib/tools.a: $(call objs,$(filter-out tools/main.c,$(call srcs,tools)) $(call srcs,tools/report) $(call srcs,tools/explore) $(VIEW) firmware/boot_check.c)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^
$(O)/fovea: $(O)/tools/main.o $(O)/lib/tools.a $(ALL_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) -o $@

# Frames to train networks on; see tools/train/train.py.
$(O)/train_frames: $(call objs,tools/train/frames.c tools/cli.c tools/truth.c) $(O)/lib/firmware.a $(ALL_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) -o $@

# What a host program links (fovea serve), and one.
$(O)/lib/libfovea_host.a: $(O)/tools/client/fovea_host.o
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^
$(O)/example_host: $(O)/tools/client/example_host.o $(O)/lib/libfovea_host.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $^ -o $@

# Pictures of charts and scenes through pixel die and ISP.
$(O)/make_gallery: $(call objs,$(wildcard tools/gallery/*.c)) $(O)/lib/tools.a $(ALL_LIBS)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS) -o $@
gallery: $(O)/make_gallery $(O)/fovea firmware
	@$< out/gallery
ifneq ($(HAVE_SDL),)
	@tools/gallery/view.sh pictures $(O)/fovea out/gallery/view
	$(if $(UPDATE),@cp out/gallery/view/*.png tools/view/pictures/)
endif

# Of the viewer in slow motion; UPDATE=1: into README.
film: all
	@tools/gallery/view.sh film $(O)/fovea out/gallery/view
	$(if $(UPDATE),@cp out/gallery/view/film.gif tools/view/pictures/)

# ---- firmware: Debian's RISC-V GCC and picolibc; the flags that link are these --------------------
RV       := riscv64-unknown-elf-
RV_FLAGS := -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs
RV_CC    := $(RV)gcc $(RV_FLAGS) -std=c11 -O2 -g -ffreestanding -ffunction-sections -fdata-sections \
            -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(if $(STRICT),-Werror) \
            -Ifirmware/include -I$(GEN)
FW_COMMON := $(filter-out firmware/app_%,$(sort $(wildcard firmware/*.c firmware/*.S)))
FW_APPS   := $(patsubst firmware/app_%.c,%,$(sort $(wildcard firmware/app_*.c)))
FW        := $(BUILD)/firmware
HOSTS     := host_network_swap host_imx500 host_imx500_swap
fw_obj     = $(patsubst firmware/%,$(FW)/%.o,$(1))

firmware: $(FW_APPS:%=$(FW)/%.elf) $(FW)/boot_rom.elf $(FW)/libfoveafw.a $(HOSTS:%=$(BUILD)/%/main.bin)

$(GEN)/fovea_regs.h: $(O)/fovea
	$(Q)mkdir -p $(@D) && $(O)/fovea regs --c > $@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(FW)/%.c.o: firmware/%.c $(GEN)/fovea_regs.h
	$(call say,RVCC,$<)
	$(Q)mkdir -p $(@D) && $(RV_CC) -MMD -MP -c $< -o $@
$(FW)/%.S.o: firmware/%.S $(GEN)/fovea_regs.h
	$(call say,RVAS,$<)
	$(Q)mkdir -p $(@D) && $(RV_CC) -MMD -MP -c $< -o $@
$(FW)/%.elf: $(FW)/app_%.c.o $(call fw_obj,$(FW_COMMON)) firmware/fovea.ld
	$(call say,RVLD,$@)
	$(Q)$(RV)gcc $(RV_FLAGS) -nostartfiles -Wl,--gc-sections -T firmware/fovea.ld $(filter %.o,$^) -o $@

# What programs outside this tree link (pkg-config --libs fovea-firmware).
$(FW)/libfoveafw.a: $(call fw_obj,$(FW_COMMON))
	$(call say,RVAR,$@)
	$(Q)rm -f $@ && $(RV)ar rcs $@ $^

# What hosts of scenarios send (scenes/host): a folder of each, its firmware, its networks.
define host_rule
$(BUILD)/$(1)/main.bin: $(FW)/$(2).elf $(3) $(O)/fovea
	$$(call say,IMAGE,$$(@D))
	$$(Q)$(O)/fovea image $$< $(3) --for-host $$(@D)
endef
$(eval $(call host_rule,host_network_swap,network_swap,scenes/person_160.tflite scenes/models/presence.tflite))
$(eval $(call host_rule,host_imx500,imx500,scenes/person_160.tflite))
$(eval $(call host_rule,host_imx500_swap,imx500,scenes/person_160.tflite npu/networks/cifar_baseline.topo))

# The boot ROM: drivers that need no data of their own.
FW_ROM := $(call fw_obj,firmware/boot/rom_start.S firmware/boot/rom.c firmware/boot_check.c firmware/download.c firmware/download_stream.c firmware/flash.c firmware/hal.c firmware/image_store.c firmware/spi.c)
$(FW)/boot_rom.elf: $(FW_ROM) firmware/boot/rom.ld
	$(call say,RVLD,$@)
	$(Q)$(RV)gcc $(RV_FLAGS) -nostartfiles -Wl,--gc-sections -T firmware/boot/rom.ld $(filter %.o,$^) -o $@

# ---- tests: tests/AREA/NAME_test.c is a program linked with the rooms its area may know ----------
KNOWS.sim      := sim
KNOWS.pixel    := pixel sim
KNOWS.isp      := isp sim
KNOWS.npu      := npu/compiler npu firmware sim
KNOWS.mipi     := mipi sim
KNOWS.logic    := logic sim
KNOWS.scenes   := scenes sim
KNOWS.firmware := firmware npu sim
KNOWS.sensor   := $(ROOMS)
KNOWS.tools    := tools firmware $(ROOMS)
# What tests of other areas share.
BORROWS.tools    := $(O)/lib/test_helpers.a $(O)/lib/libfovea_host.a
BORROWS.firmware := $(O)/lib/test_helpers.a
TEST_AREAS := sim pixel isp npu mipi logic scenes firmware sensor tools
TESTS      := $(patsubst %.c,$(O)/%,$(sort $(foreach a,$(TEST_AREAS),$(wildcard tests/$(a)/*_test.c))))
# Of tools written in Python; they print what a test program prints.
PY_TESTS   := $(if $(shell command -v python3),$(sort $(wildcard tests/*/*_test.py)))
CHECK_LIBS  = $(shell pkg-config --libs check)

$(O)/lib/test_helpers.a: $(call objs,$(filter-out %_test.c %_bench.c %_fuzz.c,$(wildcard tests/npu/*.c) tests/sensor/fovea.c))
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

define area_rule
$(O)/tests/$(1)/%_test: $(O)/tests/$(1)/%_test.o $(call objs,$(filter-out %_test.c %_bench.c %_fuzz.c,$(wildcard tests/$(1)/*.c))) $(BORROWS.$(1)) $(foreach r,$(KNOWS.$(1)),$(call lib,$(r)))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) $$(TEST_LD.$(CONF)) $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LIBS) $$(CHECK_LIBS) -o $$@
$(O)/tests/$(1)/%_bench: $(O)/tests/$(1)/%_bench.o $(call objs,$(filter-out %_test.c %_bench.c %_fuzz.c,$(wildcard tests/$(1)/*.c))) $(BORROWS.$(1)) $(foreach r,$(KNOWS.$(1)),$(call lib,$(r)))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LIBS) $$(CHECK_LIBS) -o $$@
$(O)/tests/$(1)/%_fuzz: $(O)/tests/$(1)/%_fuzz.o $(foreach r,$(KNOWS.$(1)),$(call lib,$(r)))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -fsanitize=fuzzer $$(LDFLAGS_ALL) $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LIBS) -o $$@
.PHONY: test-$(1)
test-$(1): $(filter $(O)/tests/$(1)/%,$(TESTS))
	$$(Q)tests/run.sh $$^ $(filter tests/$(1)/%,$(PY_TESTS))
endef
$(foreach a,$(TEST_AREAS),$(eval $(call area_rule,$(a))))

# ---- what people call ---------------------------------------------------------------------------
deps:
	@tools/deps.sh

demo: deps
	@$(MAKE) --no-print-directory run-demo
run-demo: all
	$(BUILD)/fovea run scenes/entrance.json --out out/entrance

check: deps
	@$(MAKE) --no-print-directory run-check
run-check: all $(TESTS)
	@FOVEA=$(O)/fovea tests/run.sh $(TESTS) $(PY_TESTS)

# Every unit test, without the whole-sensor runs of tests/sensor and tests/tools.
check-unit: all $(filter-out $(O)/tests/sensor/% $(O)/tests/tools/%,$(TESTS))
	@FOVEA=$(O)/fovea tests/run.sh $(filter-out %.elf,$(filter $(O)/tests/%,$^))

# The core against QEMU for longer: N random programs of each kind of chip.
N    ?= 5000
SEED ?= 1
check-qemu-long: $(O)/tests/logic/qemu_test
	FOVEA_QEMU_PROGRAMS=$(N) FOVEA_QEMU_SEED=$(SEED) CK_FORK=no $<

# Published figures against simulated ones; tools/calibrate.py fits the NPU's rates to four of them.
# Then nine published sensors against the laws of the energy model.
validate: all
	@tools/validate.py --fovea $(O)/fovea
	@tools/validate_energy.py

# Task files of a sweep, with workers that are killed (slurm-wlm, munge and root; parallel).
slurm-test: all
	@tests/slurm.sh $(O)/fovea

layers:
	@tools/layers.sh

# Pinned results, tests/golden/NAME.json; REBASE=1 writes them anew.
golden: all
	@$(O)/fovea test tests/golden --out $(O)/golden $(if $(REBASE),--update)

# Long: scene seeds 1 to SEEDS of each scenario that has targets; the table goes into scenes/README.md.
SEEDS ?= 10
scenarios: all
	@tests/scenarios.py --fovea $(BUILD)/fovea --seeds $(SEEDS) --out $(BUILD)/scenarios $(if $(UPDATE),--update)

# Each space of tools/explore/studies into out/studies/NAME.db and NAME.html; RESUME=1: what is there goes on.
STUDIES := $(patsubst tools/explore/studies/%.json,%,$(sort $(wildcard tools/explore/studies/*.json)))
.PHONY: $(STUDIES:%=study-%)
studies: $(STUDIES:%=study-%)
$(STUDIES:%=study-%): study-%: all
	@echo "$*"; mkdir -p out/studies; $(if $(RESUME),,rm -f out/studies/$*.db;) \
	$(O)/fovea explore tools/explore/studies/$*.json --out out/studies/$*.db --resume && \
	if [ -f out/studies/$*.db ]; then $(O)/fovea explore report out/studies/$*.db; fi && \
	tools/explore/studies/plot.sh $(O)/fovea out/studies $*

# The suite proves that it can fail: tests/mutants.txt, all or MUTANTS="name ..".
mutants: all
	@BUILD=$(BUILD) tests/mutants.sh $(MUTANTS)

# ---- benchmarks: each prints lines "name value unit" ----------------------------------------------
PEERS   := $(O)/tests/sim/systemc_bench $(O)/tests/npu/onednn_bench
BENCHES := $(filter-out $(PEERS),$(patsubst %.c,$(O)/%,$(sort $(foreach a,$(TEST_AREAS),$(wildcard tests/$(a)/*_bench.c)))))
$(O)/tests/sim/systemc_bench: tests/sim/systemc_bench.cpp
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) -O3 $< -lsystemc -o $@
$(O)/tests/npu/onednn_bench: tests/npu/onednn_bench.c tests/npu/mobilenet_layers.h
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) -fopenmp $< -ldnnl -o $@
bench: all $(BENCHES)
	@FOVEA=$(O)/fovea tests/bench.sh $(BENCHES)

# Seeds of fuzzers: those that a test writes (it compares them otherwise), and compiled ones.
seeds: $(O)/tests/npu/corpus_test $(O)/fovea
	@tests/npu/seeds.sh $(abspath $(O)/fovea)
	@REBASE=1 $<

# ---- fuzzers: tests/AREA/NAME_fuzz.c under clang's libFuzzer --------------------------------------
FUZZERS      := $(patsubst %.c,$(O)/%,$(sort $(foreach a,$(TEST_AREAS),$(wildcard tests/$(a)/*_fuzz.c))))
FUZZ_SECONDS ?= 60
fuzz:
	@if command -v clang >/dev/null; then \
	    $(MAKE) --no-print-directory CONF=fuzz CC=clang STRICT= fuzz-run; \
	else echo "fuzz: needs clang and libclang-rt-14-dev (tools/deps.txt), left out"; fi
fuzz-run: $(FUZZERS)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_RUNS=$(FUZZ_RUNS) FUZZ_SEED=$(FUZZ_SEED) tests/fuzz.sh $(FUZZERS)

# ---- installation: fovea, scenes, the firmware SDK, documents --------------------------------------
PREFIX  ?= /usr/local
DESTDIR ?=
installer = @FOVEA=$(O)/fovea BUILD=$(BUILD) PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" RV_FLAGS="$(RV_FLAGS)" tools/install.sh
install: all
	$(installer) install
uninstall: all
	$(installer) uninstall

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
