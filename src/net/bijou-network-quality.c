#include "config.h"

#include "bijou-network-quality.h"

#define N_OUTCOMES 20
/* Fewer tell nothing. */
#define MIN_OUTCOMES 8
#define MIN_ANSWERS 3
#define MAX_FAILED_PERCENT 20
#define FINE_FAILED_PERCENT 10
#define SLOW_MS 1500
#define FINE_MS 1000
/* Four times a millisecond is no reason for anything. */
#define UNEASY_MS 300
#define UNEASY_FACTOR 4
#define FINE_FACTOR 2
/* So many good answers in a row end a bad time. */
#define CALM_ANSWERS 5
/* Less comes in one packet train and says nothing about the rate. */
#define MIN_BYTES (64 * 1024)
#define MIN_US 1000

struct _BijouNetworkQuality
{
  gboolean failed[N_OUTCOMES]; /* a ring */
  guint n_outcomes;
  guint next_outcome;
  guint n_answers;
  double latency_ms;
  double best_ms;
  double throughput; /* bytes per second, < 0 unknown */
  gint64 need;       /* bytes per second, 0 none */
  guint calm;
  gboolean degraded;
};

/**
 * bijou_network_quality_new:
 *
 * Returns: (transfer full): one that knows nothing
 */
BijouNetworkQuality *
bijou_network_quality_new (void)
{
  BijouNetworkQuality *self = g_new0 (BijouNetworkQuality, 1);

  self->throughput = -1;
  return self;
}

/**
 * bijou_network_quality_free:
 * @self: (transfer full): a quality
 */
void
bijou_network_quality_free (BijouNetworkQuality *self)
{
  g_free (self);
}

static guint
count_failures (const BijouNetworkQuality *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_outcomes; i++)
    n += self->failed[i] ? 1 : 0;
  return n;
}

static gboolean
fails_more_than (const BijouNetworkQuality *self, guint percent)
{
  return self->n_outcomes >= MIN_OUTCOMES &&
         count_failures (self) * 100 > percent * self->n_outcomes;
}

static gboolean
is_slow (const BijouNetworkQuality *self)
{
  if (self->n_answers < MIN_ANSWERS)
    return FALSE;
  return self->latency_ms > SLOW_MS ||
         (self->latency_ms > UNEASY_MS && self->latency_ms > UNEASY_FACTOR * self->best_ms);
}

static gboolean
is_fast (const BijouNetworkQuality *self)
{
  return self->latency_ms <= FINE_MS &&
         (self->latency_ms <= UNEASY_MS || self->latency_ms <= FINE_FACTOR * self->best_ms);
}

static gboolean
is_bad (const BijouNetworkQuality *self)
{
  return fails_more_than (self, MAX_FAILED_PERCENT) || is_slow (self) ||
         (self->need > 0 && self->throughput >= 0 && self->throughput < self->need);
}

/* More than just not bad. */
static gboolean
is_fine (const BijouNetworkQuality *self)
{
  return !fails_more_than (self, FINE_FAILED_PERCENT) && is_fast (self) &&
         (self->need <= 0 || self->throughput < 0 || self->throughput >= 1.3 * self->need);
}

static void
judge (BijouNetworkQuality *self, gboolean good)
{
  if (is_bad (self))
    {
      self->degraded = TRUE;
      self->calm = 0;
    }
  else if (self->degraded)
    {
      self->calm = good && is_fine (self) ? self->calm + 1 : 0;
      self->degraded = self->calm < CALM_ANSWERS;
    }
}

static void
note_outcome (BijouNetworkQuality *self, gboolean failed)
{
  self->failed[self->next_outcome] = failed;
  self->next_outcome = (self->next_outcome + 1) % N_OUTCOMES;
  self->n_outcomes = MIN (self->n_outcomes + 1, N_OUTCOMES);
}

static double
smooth (double old, double sample)
{
  return (3 * old + sample) / 4;
}

/**
 * bijou_network_quality_note_answer:
 * @self: a quality
 * @latency_ms: from the request to the first byte; -1: it says nothing about the way
 */
void
bijou_network_quality_note_answer (BijouNetworkQuality *self, int latency_ms)
{
  note_outcome (self, FALSE);
  if (latency_ms >= 0)
    {
      self->latency_ms = self->n_answers == 0 ? latency_ms : smooth (self->latency_ms, latency_ms);
      self->best_ms =
          self->n_answers == 0 ? latency_ms : MIN (self->best_ms, MAX (self->latency_ms, 1));
      self->n_answers++;
    }
  judge (self, TRUE);
}

/**
 * bijou_network_quality_note_failure:
 * @self: a quality
 *
 * A request ended with a transport error.
 */
void
bijou_network_quality_note_failure (BijouNetworkQuality *self)
{
  note_outcome (self, TRUE);
  judge (self, FALSE);
}

/**
 * bijou_network_quality_note_bytes:
 * @self: a quality
 * @bytes: what came
 * @us: in how many microseconds, in which nobody held it up
 */
void
bijou_network_quality_note_bytes (BijouNetworkQuality *self, gint64 bytes, gint64 us)
{
  double rate;

  if (bytes < MIN_BYTES || us < MIN_US)
    return;
  rate = (double) bytes * G_USEC_PER_SEC / (double) us;
  self->throughput = self->throughput < 0 ? rate : smooth (self->throughput, rate);
  judge (self, TRUE);
}

/**
 * bijou_network_quality_set_need:
 * @self: a quality
 * @bytes_per_second: what the film that plays needs, 0: none plays
 */
void
bijou_network_quality_set_need (BijouNetworkQuality *self, gint64 bytes_per_second)
{
  self->need = bytes_per_second;
}

/**
 * bijou_network_quality_get:
 * @self: a quality
 * @quality: (out): filled
 */
void
bijou_network_quality_get (const BijouNetworkQuality *self, BijouQuality *quality)
{
  quality->latency_ms = self->n_answers == 0 ? -1 : (int) (self->latency_ms + 0.5);
  quality->throughput = self->throughput < 0 ? -1 : (gint64) self->throughput;
  quality->failures = count_failures (self);
  quality->outcomes = self->n_outcomes;
  quality->degraded = self->degraded;
}
