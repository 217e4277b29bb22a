#include "config.h"

#include "bijou-tracks-panel.h"

#include "bijou-panel-row.h"

#include <glib/gi18n.h>

#define AUDIO_WIDTH 216
#define TEXT_WIDTH 236
#define DELAY_STEP_MS 50
#define LIST_HEIGHT 260
#define NARROW_LIST_HEIGHT 120

typedef struct
{
  BijouTrackKind kind;
  GtkListBox *list;            /* (unowned) */
  GtkScrolledWindow *scroller; /* (unowned) */
  GtkLabel *delay;             /* (unowned) */
  GPtrArray *tracks;           /* (owned) (nullable) of BijouPlaybackTrack */
  gint64 delay_ms;
} Column;

struct _BijouTracksPanel
{
  GtkBox parent_instance;

  BijouPlayback *playback; /* (owned) */
  GtkWidget *columns;      /* (unowned) */
  GtkWidget *separator;    /* (unowned) between the columns */
  Column audio;
  Column text;
};

G_DEFINE_FINAL_TYPE (BijouTracksPanel, bijou_tracks_panel, GTK_TYPE_BOX)

static void
fill_column (BijouTracksPanel *self, Column *column)
{
  gboolean any = FALSE;

  g_clear_pointer (&column->tracks, g_ptr_array_unref);
  column->tracks = bijou_playback_list_tracks (self->playback, column->kind);
  bijou_panel_clear_list (column->list);
  for (guint i = 0; i < column->tracks->len; i++)
    any |= ((BijouPlaybackTrack *) g_ptr_array_index (column->tracks, i))->selected;
  if (column->kind == BIJOU_TRACK_TEXT)
    gtk_list_box_append (column->list, bijou_panel_row_new (C_ ("subtitles", "Off"), NULL, !any));
  for (guint i = 0; i < column->tracks->len; i++)
    {
      BijouPlaybackTrack *track = g_ptr_array_index (column->tracks, i);

      gtk_list_box_append (column->list,
                           bijou_panel_row_new (track->title, track->detail, track->selected));
    }
}

static void
refresh (BijouTracksPanel *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  fill_column (self, &self->audio);
  fill_column (self, &self->text);
}

static void
on_tracks_changed_cb (BijouPlayback *playback, BijouTracksPanel *self)
{
  refresh (self);
}

static void
choose (BijouTracksPanel *self, Column *column, int index)
{
  if (column->kind == BIJOU_TRACK_TEXT)
    index--;
  if (index >= (int) column->tracks->len)
    return;
  bijou_playback_select_track (self->playback, column->kind,
                               index >= 0 ? g_ptr_array_index (column->tracks, index) : NULL);
}

static void
on_audio_row_cb (GtkListBox *list, GtkListBoxRow *row, BijouTracksPanel *self)
{
  choose (self, &self->audio, gtk_list_box_row_get_index (row));
}

static void
on_text_row_cb (GtkListBox *list, GtkListBoxRow *row, BijouTracksPanel *self)
{
  choose (self, &self->text, gtk_list_box_row_get_index (row));
}

static void
apply_delay (BijouTracksPanel *self, Column *column, gint64 delay_ms)
{
  BijouPlayer *player = bijou_playback_get_player (self->playback);
  g_autofree char *text =
      g_strdup_printf (delay_ms > 0 ? _ ("+%d ms") : _ ("%d ms"), (int) delay_ms);

  column->delay_ms = delay_ms;
  gtk_label_set_text (column->delay, text);
  if (column->kind == BIJOU_TRACK_AUDIO)
    bijou_player_set_audio_offset (player, delay_ms);
  else
    bijou_player_set_text_offset (player, delay_ms);
}

static void
on_less_cb (GtkButton *button, BijouTracksPanel *self)
{
  Column *column = g_object_get_data (G_OBJECT (button), "column");

  apply_delay (self, column, column->delay_ms - DELAY_STEP_MS);
}

static void
on_more_cb (GtkButton *button, BijouTracksPanel *self)
{
  Column *column = g_object_get_data (G_OBJECT (button), "column");

  apply_delay (self, column, column->delay_ms + DELAY_STEP_MS);
}

static GtkWidget *
make_step_button (
    BijouTracksPanel *self, Column *column, const char *icon, const char *name, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "x");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "column", column);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
make_delay (BijouTracksPanel *self, Column *column)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = bijou_panel_label_new (_ ("Delay"), NULL);
  gboolean is_audio = column->kind == BIJOU_TRACK_AUDIO;

  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_start (label, 10);
  column->delay = GTK_LABEL (gtk_label_new (_ ("0 ms")));
  gtk_widget_add_css_class (GTK_WIDGET (column->delay), "tnum");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box),
                  make_step_button (self, column, "list-remove-symbolic",
                                    is_audio ? _ ("Sound Earlier") : _ ("Subtitles Earlier"),
                                    G_CALLBACK (on_less_cb)));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (column->delay));
  gtk_box_append (GTK_BOX (box),
                  make_step_button (self, column, "list-add-symbolic",
                                    is_audio ? _ ("Sound Later") : _ ("Subtitles Later"),
                                    G_CALLBACK (on_more_cb)));
  return box;
}

static GtkWidget *
make_column (BijouTracksPanel *self, Column *column, const char *title, int width)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *heading = bijou_panel_label_new (title, "heading");
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *separator = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

  column->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (column->list, GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (column->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (column->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), LIST_HEIGHT);
  gtk_widget_set_vexpand (scroller, TRUE);
  column->scroller = GTK_SCROLLED_WINDOW (scroller);

  gtk_widget_set_margin_start (heading, 10);
  gtk_widget_set_margin_bottom (heading, 6);
  gtk_widget_set_margin_top (separator, 8);
  gtk_widget_set_margin_bottom (separator, 6);
  gtk_widget_set_size_request (box, width, -1);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), separator);
  gtk_box_append (GTK_BOX (box), make_delay (self, column));
  return box;
}

static void
bijou_tracks_panel_dispose (GObject *object)
{
  BijouTracksPanel *self = BIJOU_TRACKS_PANEL (object);

  g_clear_pointer (&self->audio.tracks, g_ptr_array_unref);
  g_clear_pointer (&self->text.tracks, g_ptr_array_unref);
  g_clear_object (&self->playback);

  G_OBJECT_CLASS (bijou_tracks_panel_parent_class)->dispose (object);
}

static void
bijou_tracks_panel_class_init (BijouTracksPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_tracks_panel_dispose;
}

static void
bijou_tracks_panel_init (BijouTracksPanel *self)
{
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->audio.kind = BIJOU_TRACK_AUDIO;
  self->text.kind = BIJOU_TRACK_TEXT;
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-panel");
  gtk_widget_set_margin_top (columns, 14);
  gtk_widget_set_margin_bottom (columns, 12);
  gtk_widget_set_margin_start (columns, 10);
  gtk_widget_set_margin_end (columns, 10);
  gtk_box_append (GTK_BOX (columns), make_column (self, &self->audio, _ ("Audio"), AUDIO_WIDTH));
  self->columns = columns;
  self->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_box_append (GTK_BOX (columns), self->separator);
  gtk_box_append (GTK_BOX (columns), make_column (self, &self->text, _ ("Subtitles"), TEXT_WIDTH));
  gtk_box_append (GTK_BOX (self), columns);
  g_signal_connect (self->audio.list, "row-activated", G_CALLBACK (on_audio_row_cb), self);
  g_signal_connect (self->text.list, "row-activated", G_CALLBACK (on_text_row_cb), self);
}

GtkWidget *
bijou_tracks_panel_new (BijouPlayback *playback)
{
  BijouTracksPanel *self = g_object_new (BIJOU_TYPE_TRACKS_PANEL, NULL);

  self->playback = g_object_ref (playback);
  g_signal_connect_object (playback, "tracks-changed", G_CALLBACK (on_tracks_changed_cb), self, 0);
  return GTK_WIDGET (self);
}

void
bijou_tracks_panel_open (BijouTracksPanel *self)
{
  g_return_if_fail (BIJOU_IS_TRACKS_PANEL (self));

  refresh (self);
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

void
bijou_tracks_panel_set_narrow (BijouTracksPanel *self, gboolean narrow)
{
  int height = narrow ? NARROW_LIST_HEIGHT : LIST_HEIGHT;

  g_return_if_fail (BIJOU_IS_TRACKS_PANEL (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->separator),
                                  narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_scrolled_window_set_max_content_height (self->audio.scroller, height);
  gtk_scrolled_window_set_max_content_height (self->text.scroller, height);
}
