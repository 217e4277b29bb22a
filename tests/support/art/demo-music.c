#include "config.h"

#include "demo-music.h"

#include <math.h>

#define TABLE 4096
#define CHORD_SECONDS 6
#define VOICES 4
/* Samples over which loudness is a straight line. */
#define RAMP 64

/* Semitones above the key, four voices a chord. */
static const int chords[2][4][VOICES] = {
  { { 0, 7, 16, 23 }, { -3, 9, 12, 19 }, { -7, 5, 12, 21 }, { -5, 7, 14, 17 } },
  { { -3, 9, 12, 16 }, { -7, 5, 9, 16 }, { 0, 7, 12, 16 }, { -5, 2, 11, 19 } },
};

static const gint16 *
sine_table (void)
{
  static gint16 table[TABLE];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (int i = 0; i < TABLE; i++)
        table[i] = 32767 * sin (2 * G_PI * i / TABLE);
      g_once_init_leave (&once, 1);
    }
  return table;
}

/* Swells and dies away within a chord, so that one may follow the other without a click. */
static double
loudness (double t)
{
  return pow (MAX (0, sin (G_PI * t)), 0.6);
}

static void
write_ramp (gint16 *samples, const float *mix, guint n, double from, double to)
{
  for (guint i = 0; i < n; i++)
    samples[i] = mix[i] * (from + (to - from) * i / RAMP);
}

static void
add_voice (float *mix, guint n, guint64 first, int rate, double pitch, double gain)
{
  const gint16 *table = sine_table ();
  double step = pitch / rate * TABLE;
  double at = fmod (first * step, TABLE);

  for (guint i = 0; i < n; i++)
    {
      mix[i] += gain * table[(guint) at % TABLE];
      at += step;
      if (at >= TABLE)
        at -= TABLE;
    }
}

static void
add_chord (float *mix, guint n, guint64 first, int rate, int key, const int *chord)
{
  for (int v = 0; v < VOICES; v++)
    {
      double pitch = 130.81 * pow (2, (chord[v] + key) / 12.0);
      double gain = v == 0 ? 0.10 : 0.06;

      add_voice (mix, n, first, rate, pitch * 1.0015, gain);
      add_voice (mix, n, first, rate, pitch * 2, gain * 0.22);
    }
}

void
demo_music_fill (gint16 *samples, guint n, guint64 first, int rate, int key, guint mood)
{
  g_autofree float *mix = g_new (float, n);
  guint64 length = (guint64) rate * CHORD_SECONDS;

  for (guint done = 0; done < n;)
    {
      guint64 at = first + done, place = at % length;
      guint part = MIN (n - done, length - place);

      for (guint i = 0; i < part; i++)
        mix[i] = 0;
      add_chord (mix, part, at, rate, key, chords[mood % 2][at / length % 4]);
      for (guint i = 0; i < part; i += RAMP)
        write_ramp (samples + done + i, mix + i, MIN (RAMP, part - i),
                    loudness ((double) (place + i) / length),
                    loudness ((double) (place + i + RAMP) / length));
      done += part;
    }
}
