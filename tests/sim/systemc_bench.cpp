// systemc_bench.cpp - event_bench.c on the Accellera SystemC kernel: N processes with timed
// notification, each with a period of its own, as methods (next_trigger) and as threads (wait).
// One elaboration a process is all SystemC allows, so each figure is made by a child.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <sys/wait.h>
#include <systemc>
#include <unistd.h>
#include <vector>

static const double events_wanted = 5e6;

static sc_core::sc_time period_of(unsigned i)
{
    return sc_core::sc_time(1000 + i * 37 % 1009, sc_core::SC_PS);
}

struct Block : sc_core::sc_module {
    sc_core::sc_time period;
    std::uint64_t count = 0;

    SC_HAS_PROCESS(Block);
    Block(sc_core::sc_module_name name, unsigned i, bool thread)
        : sc_core::sc_module(name), period(period_of(i))
    {
        if (thread) {
            SC_THREAD(run);
        } else {
            SC_METHOD(tick);
            dont_initialize();
            sensitive << start;
            start.notify(period);
        }
    }

    void tick()
    {
        count++;
        next_trigger(period);
    }

    void run()
    {
        for (;;) {
            wait(period);
            count++;
        }
    }

    sc_core::sc_event start;
};

static double cpu_seconds()
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

static void measure(unsigned blocks, bool thread)
{
    std::vector<Block *> all;
    double rate_ps = 0;
    for (unsigned i = 0; i < blocks; i++) {
        all.push_back(new Block(("b" + std::to_string(i)).c_str(), i, thread));
        rate_ps += 1.0 / period_of(i).to_double();
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME); // elaboration and the threads' stacks are not timed
    double start = cpu_seconds();
    sc_core::sc_start(sc_core::sc_time(events_wanted / rate_ps, sc_core::SC_PS));
    double seconds = cpu_seconds() - start;
    std::uint64_t events = 0;
    for (const Block *block : all)
        events += block->count;
    std::printf("systemc_%s_n%u %.2f Mevents/s\n", thread ? "threads" : "methods", blocks,
                static_cast<double>(events) / seconds * 1e-6);
    std::fflush(stdout);
}

int sc_main(int, char **)
{
    for (bool thread : {false, true})
        for (unsigned blocks : {1u, 16u, 256u, 4096u}) {
            pid_t child = fork();
            if (child == 0) {
                measure(blocks, thread);
                _exit(0);
            }
            int status = 0;
            if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
                return 1;
        }
    return 0;
}
