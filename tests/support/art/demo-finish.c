#include "config.h"

#include "demo-finish.h"

#include "demo-stage.h"

#include <math.h>

#define QUARTER 4
#define N_GRAINS 4096
#define N_STEPS 1024

typedef struct
{
  float *data; /* (owned): three channels, interleaved */
  int w;
  int h;
} Blur;

static void
add_pixel (Blur *self, int x, int y, guint32 pixel)
{
  float *out = self->data + ((gsize) y * self->w + x) * 3;

  out[0] += (pixel >> 16) & 255;
  out[1] += (pixel >> 8) & 255;
  out[2] += pixel & 255;
}

static Blur
shrink (const guint8 *pixels, int stride, int w, int h)
{
  Blur small = { NULL, w / QUARTER, h / QUARTER };
  gsize n = (gsize) small.w * small.h * 3;

  small.data = g_new0 (float, n);
  for (int y = 0; y < small.h * QUARTER; y++)
    {
      const guint32 *row = (const guint32 *) (const void *) (pixels + (gsize) y * stride);

      for (int x = 0; x < small.w * QUARTER; x++)
        add_pixel (&small, x / QUARTER, y / QUARTER, row[x]);
    }
  for (gsize i = 0; i < n; i++)
    small.data[i] /= 255.0f * QUARTER * QUARTER;
  return small;
}

/* A running mean over @n values that lie @step apart, the edge repeated. */
static void
mean_line (const float *in, float *out, int n, int step, int r)
{
  float sum = in[0] * (r + 1);

  for (int i = 0; i < r; i++)
    sum += in[(gsize) MIN (i, n - 1) * step];
  for (int i = 0; i < n; i++)
    {
      sum += in[(gsize) MIN (i + r, n - 1) * step];
      out[(gsize) i * step] = sum / (2 * r + 2);
      sum -= in[(gsize) MAX (i - r - 1, 0) * step];
    }
}

/* Three means are close to a Gaussian. */
static void
blur (Blur *self, double sigma)
{
  int r = MAX (1, (int) (sigma * 0.97));
  gsize n = (gsize) self->w * self->h * 3;
  g_autofree float *other = g_new (float, n);

  for (int pass = 0; pass < 3; pass++)
    {
      for (int y = 0; y < self->h; y++)
        for (int c = 0; c < 3; c++)
          mean_line (self->data + (gsize) y * self->w * 3 + c, other + (gsize) y * self->w * 3 + c,
                     self->w, 3, r);
      for (int x = 0; x < self->w; x++)
        for (int c = 0; c < 3; c++)
          mean_line (other + x * 3 + c, self->data + x * 3 + c, self->h, self->w * 3, r);
    }
}

/* Bilinear, at the full-size pixel (@x, @y). */
static void
sample (const Blur *self, int x, int y, float out[3])
{
  float fx = CLAMP ((x + 0.5f) / QUARTER - 0.5f, 0, self->w - 1.001f);
  float fy = CLAMP ((y + 0.5f) / QUARTER - 0.5f, 0, self->h - 1.001f);
  int ix = fx, iy = fy;
  const float *a = self->data + ((gsize) iy * self->w + ix) * 3, *b = a + self->w * 3;

  fx -= ix;
  fy -= iy;
  for (int c = 0; c < 3; c++)
    out[c] = (a[c] * (1 - fx) + a[c + 3] * fx) * (1 - fy) + (b[c] * (1 - fx) + b[c + 3] * fx) * fy;
}

typedef struct
{
  Blur bloom;
  float bloom_amount;
  float shade[N_STEPS + 1]; /* by the squared distance from the middle */
  float grains[N_GRAINS];
  guint32 dice;
} Finish;

static void
set_up (Finish *self, double vignette, double grain)
{
  DemoDice dice = demo_dice_new ("grain", 7);

  for (int i = 0; i <= N_STEPS; i++)
    self->shade[i] = 1 - vignette * pow ((double) i / N_STEPS, 1.1);
  for (int i = 0; i < N_GRAINS; i++)
    self->grains[i] = demo_dice_normal (&dice, 0, grain * 0.6);
  self->dice = 0x2545f491;
}

static float
next_grain (Finish *self)
{
  self->dice ^= self->dice << 13;
  self->dice ^= self->dice >> 17;
  self->dice ^= self->dice << 5;
  return self->grains[(self->dice >> 8) % N_GRAINS];
}

static guint32
finish_pixel (Finish *self, guint32 pixel, int x, int y, float shade)
{
  float light[3] = { 0, 0, 0 };
  float grain = next_grain (self);
  guint32 out = 0xff000000;

  if (self->bloom.data != NULL)
    sample (&self->bloom, x, y, light);
  for (int c = 0; c < 3; c++)
    {
      int shift = 16 - 8 * c;
      float v = ((pixel >> shift) & 255) / 255.0f;

      v += self->bloom_amount * light[c] * (1 - v);
      v *= shade;
      v += grain * (0.35f + 0.65f * (1 - v));
      out |= (guint32) (CLAMP (v, 0, 1) * 255 + 0.5f) << shift;
    }
  return out;
}

void
demo_finish (cairo_surface_t *surface, double bloom, double vignette, double grain)
{
  int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autofree Finish *finish = g_new0 (Finish, 1);
  guint8 *pixels;

  cairo_surface_flush (surface);
  pixels = cairo_image_surface_get_data (surface);
  set_up (finish, vignette, grain);
  if (bloom > 0)
    {
      finish->bloom_amount = bloom;
      finish->bloom = shrink (pixels, stride, w, h);
      blur (&finish->bloom, w / 90.0);
    }
  for (int y = 0; y < h; y++)
    {
      guint32 *row = (guint32 *) (void *) (pixels + (gsize) y * stride);
      float dy = (float) y / h - 0.5f;

      for (int x = 0; x < w; x++)
        {
          float dx = (float) x / w - 0.5f;
          int step = MIN (N_STEPS, (dx * dx + dy * dy) * 2 * N_STEPS);

          row[x] = finish_pixel (finish, row[x], x, y, finish->shade[step]);
        }
    }
  g_free (finish->bloom.data);
  cairo_surface_mark_dirty (surface);
}
