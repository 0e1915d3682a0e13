DROP TABLE second_step_resets;
