-- breaks: yes
-- The first line of each migration says whether the version before it stops working with the new schema (README.md).
-- Every column of text sorts by byte (COLLATE "C"): summaries order ties so, and comparing is cheaper.
CREATE TABLE "events" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"event_id" varchar(255) COLLATE "C" NOT NULL,
	"user_id" varchar(255) COLLATE "C" NOT NULL,
	"type" varchar(50) COLLATE "C" NOT NULL,
	"timestamp" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	"metadata" jsonb NOT NULL,
	CONSTRAINT "events_account_id_event_id_pk" PRIMARY KEY("account_id","event_id")
) PARTITION BY HASH ("account_id");
--> statement-breakpoint
-- Eight partitions keep each index an eighth as deep and let vacuum and TOAST work side by side.
DO $$
BEGIN
	FOR remainder IN 0..7 LOOP
		EXECUTE format('CREATE TABLE events_p%s PARTITION OF events FOR VALUES WITH (MODULUS 8, REMAINDER %s)', remainder, remainder);
		-- Insert-only tables are otherwise vacuumed too rarely for index-only scans.
		EXECUTE format('ALTER TABLE events_p%s SET (autovacuum_vacuum_insert_scale_factor = 0.05)', remainder);
	END LOOP;
END $$;
--> statement-breakpoint
-- Serves the raw edges of a summary and its top users without a read of the rows.
CREATE INDEX "events_by_time" ON "events" USING btree ("account_id","timestamp") INCLUDE ("type","user_id");
--> statement-breakpoint
CREATE TABLE "event_counts" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"type" varchar(50) COLLATE "C" NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "event_counts_account_id_minute_type_pk" PRIMARY KEY("account_id","minute","type")
-- Room in each page lets a counter be updated in place, without touching the index.
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"event_id" varchar(255) COLLATE "C" NOT NULL,
	"row" text NOT NULL,
	"reason" varchar(50) NOT NULL,
	"sqlstate" varchar(5),
	"message" text NOT NULL,
	"attempts" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"dead_lettered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"discarded_at" timestamp with time zone,
	"discard_reason" text,
	"detail" text,
	"edited_row" text,
	"edited_at" timestamp with time zone,
	CONSTRAINT "dead_letters_account_id_event_id_pk" PRIMARY KEY("account_id","event_id")
);
--> statement-breakpoint
CREATE INDEX "dead_letters_by_time" ON "dead_letters" USING btree ("dead_lettered_at");
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"key_id" varchar(32) PRIMARY KEY NOT NULL,
	"account_id" varchar(255) COLLATE "C",
	"name" varchar(100) NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "api_keys_by_account" ON "api_keys" USING btree ("account_id");
--> statement-breakpoint
CREATE TABLE "account_policies" (
	"account_id" varchar(255) COLLATE "C" PRIMARY KEY NOT NULL,
	"events_per_minute" integer,
	"max_pending_events" integer,
	"weight" double precision DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"accepted" bigint DEFAULT 0 NOT NULL,
	"settled" bigint DEFAULT 0 NOT NULL,
	"stored" bigint DEFAULT 0 NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "ledger_account_id_minute_pk" PRIMARY KEY("account_id","minute")
-- As in event_counts: counters are updated in place.
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"entry" uuid NOT NULL,
	"settled_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_entries_account_id_entry_pk" PRIMARY KEY("account_id","entry")
);
--> statement-breakpoint
-- No key and no index: every batch appends to it, and it is emptied as a whole.
CREATE TABLE "ledger_log" (
	"settled" jsonb NOT NULL,
	"stored" jsonb
);
--> statement-breakpoint
CREATE TABLE "ledger_sources" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"process" varchar(36) COLLATE "C" NOT NULL,
	"counted" bigint DEFAULT 0 NOT NULL,
	"queued" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "ledger_sources_account_id_minute_process_pk" PRIMARY KEY("account_id","minute","process")
) WITH (fillfactor = 75);
--> statement-breakpoint
CREATE TABLE "status_minutes" (
	"minute" timestamp with time zone NOT NULL,
	"component" varchar(20) COLLATE "C" NOT NULL,
	"good" bigint NOT NULL,
	"bad" bigint NOT NULL,
	CONSTRAINT "status_minutes_minute_component_pk" PRIMARY KEY("minute","component")
);
--> statement-breakpoint
-- Read by an audit. Its columns do not change with the counters, so their updates stay in place.
CREATE INDEX "ledger_open" ON "ledger" USING btree ("minute") WHERE closed_at IS NULL;
--> statement-breakpoint
CREATE INDEX "ledger_entries_by_time" ON "ledger_entries" USING brin ("settled_at");
--> statement-breakpoint
CREATE TABLE "ledger_applied" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"process" varchar(36) COLLATE "C" NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "ledger_applied_account_id_minute_process_pk" PRIMARY KEY("account_id","minute","process")
);
--> statement-breakpoint
CREATE INDEX "ledger_applied_by_time" ON "ledger_applied" USING brin ("minute");
--> statement-breakpoint
CREATE TABLE "user_rollups" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"events" bigint NOT NULL,
	"counts" "bytea" NOT NULL,
	"rolled_up_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_rollups_account_id_window_start_pk" PRIMARY KEY("account_id","window_start")
);
--> statement-breakpoint
-- Read as a whole and often: unpacking would cost more than reading a little more.
ALTER TABLE "user_rollups" ALTER COLUMN "counts" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE TABLE "user_numbers" (
	"account_id" varchar(255) COLLATE "C" NOT NULL,
	"user_id" varchar(255) COLLATE "C" NOT NULL,
	"number" integer NOT NULL,
	CONSTRAINT "user_numbers_account_id_user_id_pk" PRIMARY KEY("account_id","user_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "user_numbers_by_number" ON "user_numbers" USING btree ("account_id","number");
--> statement-breakpoint
CREATE TABLE "ledger_runs" (
	"id" smallint PRIMARY KEY NOT NULL,
	"serial" bigint NOT NULL,
	"done_at" timestamp with time zone NOT NULL,
	"whole_at" timestamp with time zone,
	"missing" bigint NOT NULL,
	"excess" bigint NOT NULL,
	"pending" bigint NOT NULL,
	"oldest_pending" timestamp with time zone
);
--> statement-breakpoint
-- The migrations that break the version before them: a build that does not ship one of these refuses to start.
CREATE TABLE "breaking_migrations" (
	"tag" varchar(100) COLLATE "C" PRIMARY KEY NOT NULL,
	"applied_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
INSERT INTO "breaking_migrations" ("tag") VALUES ('0000_initial');
--> statement-breakpoint
-- One row: which maintainer process leads, and until when by PostgreSQL's clock. Used in the directory only.
CREATE TABLE "maintainer_lease" (
	"id" smallint PRIMARY KEY NOT NULL,
	"holder" varchar(36) COLLATE "C" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
